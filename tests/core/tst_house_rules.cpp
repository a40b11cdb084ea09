// The plan of the house, held against the sources: which folder may include which, that lists name their
// plug-ins, sizes, the top level. Each check is also tried on files made up here, so that it is known to
// fail.

#include "tests/support/house_rules.h"
#include "tests/support/test_main.h"

using namespace headlight;
using test::Registry;
using test::SourceFile;
using test::SourceFiles;

namespace {

/// The rule of the arrows: an include points to a row further up. Folders of one row do not include each
/// other.
const test::Layers layers{
    { "core/base" },
    { "core/tensor" },
    { "core/autodiff", "core/io", "core/trace" },
    { "core/text", "core/vision", "core/audio", "core/attention", "core/nn" },
    { "core/models" },
    { "core/explain", "core/metrics", "core/train" },
    { "core/engine" },
    { "ui/style" },
    { "ui/session" },
    { "ui/models", "ui/widgets" },
    { "ui/views" },
    { "ui/lab", "ui/lessons", "ui/export" },
    { "ui/shell" },
    { "ui" },
    { "app" },
};
const QStringList exceptions{ "core/nn -> core/attention", "core/train -> core/explain" };

const std::vector<Registry> registries{
    { "core/models", "core/models/families.h", Registry::FilesWithoutHeader },
    { "core/attention", "core/attention/mechanisms.cpp", Registry::FilesWithoutHeader },
    { "core/explain", "core/explain/methods.cpp", Registry::FilesWithoutHeader },
    { "ui/views", "ui/views/views.cpp", Registry::Views },
    { "app/commands", "app/commands/commands.cpp", Registry::EveryFile },
};

/// Reads what people write: sources, scripts, build files, pages. Reference numbers and models are not ours
/// to word.
SourceFiles readTree()
{
    static const QStringList endings{ "h", "cpp", "txt", "cmake", "sh", "md" };
    const QDir root(test::sourcePath(""));
    SourceFiles files;
    for (const char* top : { "app", "core", "ui", "tests", "resources" }) {
        QDirIterator entries(root.filePath(top), QDir::Files, QDirIterator::Subdirectories);
        while (entries.hasNext()) {
            QFile file(entries.next());
            const QString path = root.relativeFilePath(file.fileName());
            const bool given = path.startsWith("tests/golden/") || path.startsWith("resources/models/");
            if (!given && endings.contains(QFileInfo(path).suffix()) && file.open(QIODevice::ReadOnly))
                files.push_back({ path, QString::fromUtf8(file.readAll()) });
        }
    }
    return files;
}

QString readText(const QString& relative)
{
    QFile file(test::sourcePath(relative));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList check(const QString& rule, const SourceFiles& files)
{
    if (rule == "arrows")
        return test::arrowViolations(files, layers, exceptions);
    if (rule == "views")
        return test::viewViolations(files);
    if (rule == "qt")
        return test::qtInCoreViolations(files);
    if (rule == "size")
        return test::sizeViolations(files);
    if (rule == "shape")
        return test::shapeViolations(files);
    if (rule == "words")
        return test::wordViolations(files);
    QStringList found;
    for (const Registry& registry : registries)
        found << test::registryViolations(files, registry);
    return found;
}

const QStringList rules{ "arrows", "views", "qt", "size", "shape", "words", "registry" };

} // namespace

class TestHouseRules : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase() { m_tree = readTree(); }
    void theSourcesKeep_data();
    void theSourcesKeep();
    void aMadeUpFile_data();
    void aMadeUpFile();
    void thePackageList_data();
    void thePackageList();
    void theTopLevelIsThePlan();
    void everyScriptReadsThePackageList();

private:
    SourceFiles m_tree;
};

void TestHouseRules::theSourcesKeep_data()
{
    QTest::addColumn<QString>("rule");
    for (const QString& rule : rules)
        QTest::newRow(qPrintable(rule)) << rule;
}

void TestHouseRules::theSourcesKeep()
{
    QFETCH(QString, rule);
    QVERIFY(m_tree.size() > 50);
    const QStringList found = check(rule, m_tree);
    QVERIFY2(found.isEmpty(), qPrintable(found.join("\n")));
}

void TestHouseRules::aMadeUpFile_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QStringList>("files"); // path, text, path, text ...
    QTest::addColumn<QString>("violation"); // part of the only sentence; empty: none
    const auto row = [](const char* name, const char* rule, const QStringList& files,
                         const QString& violation) { QTest::newRow(name) << rule << files << violation; };
    const auto include = [](const char* path) { return QStringLiteral("#include \"%1\"\n").arg(path); };

    row("to the left", "arrows", { "core/nn/a.cpp", include("core/tensor/shape.h") }, "");
    row("to itself", "arrows", { "core/nn/a.cpp", include("core/nn/a.h") }, "");
    row("nn to attention", "arrows", { "core/nn/a.cpp", include("core/attention/a.h") }, "");
    row("to the right", "arrows", { "core/tensor/a.h", include("core/io/file.h") }, "core/tensor -> core/io");
    row("attention to nn", "arrows", { "core/attention/a.h", include("core/nn/a.h") }, "against the arrows");
    row("sideways", "arrows", { "core/text/a.h", "\n  #  include \"core/vision/a.h\"\n" }, "core/text/a.h:2");
    row("core to ui", "arrows", { "core/engine/a.h", include("ui/style/a.h") }, "against the arrows");
    row("ui to app", "arrows", { "ui/main_window.cpp", include("app/window.h") }, "ui -> app");
    row("session to view", "arrows", { "ui/session/a.h", include("ui/views/view.h") }, "against the arrows");
    row("app to anything", "arrows", { "app/commands/a.cpp", include("ui/views/views.h") }, "");
    row("unknown folder", "arrows", { "core/misc/a.cpp", "" }, "no layer");
    row("not from the root", "arrows", { "core/io/a.cpp", include("json.h") }, "no layer");
    row("moc output", "arrows", { "ui/views/a_view.cpp", include("a_view.moc") }, "");

    const QStringList twoViews{ "ui/views/text_view.cpp", include("ui/views/view.h"),
        "ui/views/grid_view.cpp" };
    row("own figure", "views", QStringList(twoViews) << include("ui/views/grid_figure.h"), "");
    row("another view", "views", QStringList(twoViews) << include("ui/views/text_view.h"), "another view's");
    row("another's figure", "views", QStringList(twoViews) << include("ui/views/text_figure.h"),
        "grid_view.cpp:1");

    row("no Qt", "qt", { "core/io/a.cpp", "#include <string>\n" }, "");
    row("Qt in core", "qt", { "core/io/a.cpp", "#include <QString>\n" }, "includes Qt");
    row("Qt in ui", "qt", { "ui/style/a.cpp", "#include <QString>\n" }, "");

    row("450 lines", "size", { "core/io/a.cpp", QString("x\n").repeated(450) }, "");
    row("451 lines", "size", { "core/io/a.cpp", QString("x\n").repeated(451) }, "451 lines");
    const QString body = "\n{\n%1}\n";
    row("60 in a function", "size",
        { "ui/style/a.cpp", "int f()" + body.arg(QString("    x;\n").repeated(60)) }, "");
    row("61 in a function", "size",
        { "ui/style/a.cpp", "int f()" + body.arg(QString("    x;\n").repeated(61)) }, "function of 61");
    row("41 in a constructor", "size",
        { "ui/style/a.cpp", "A::A(int b)\n    : m_b(b)" + body.arg(QString("    x;\n").repeated(41)) },
        "limit 40");

    const QString header = "#pragma once\n// Why.\n";
    row("good shape", "shape", { "core/io/a.h", header, "core/io/a.cpp", include("core/io/a.h") }, "");
    row("no guard", "shape", { "core/io/a.h", "// Why.\n" }, "#pragma once");
    row("no reason", "shape", { "core/io/a.h", "#pragma once\n#include <string>\n" }, "why it exists");
    row("no reason, no header", "shape", { "core/io/a.cpp", "#include <string>\n" }, "why it exists");
    row("namespace import", "shape", { "core/io/a.h", header + "using namespace std;\n" }, "using namespace");
    row("other header first", "shape",
        { "core/io/a.h", header, "core/io/a.cpp", include("core/base/error.h") + include("core/io/a.h") },
        "own header");

    row("finished", "words", { "app/run.sh", "# formally nowhere\n" }, "");
    row("unfinished", "words", { "app/run.sh", QStringLiteral("# TO") + "DO: more\n" }, "app/run.sh:1");
    row("put off", "words", { "ui/a.md", QStringLiteral("enough for ") + "now\n" }, "ui/a.md:1");

    const QStringList families{ "core/models/families.h",
        "// llama\nlist { bertFamily(), distilBert() };\n" };
    row("listed", "registry",
        QStringList(families) << "core/models/bert.cpp"
                              << "",
        "");
    row("listed, two words", "registry",
        QStringList(families) << "core/models/distil_bert.cpp"
                              << "",
        "");
    row("not listed", "registry",
        QStringList(families) << "core/models/gpt2.cpp"
                              << "",
        "gpt2.cpp is missing");
    row("only in a comment", "registry",
        QStringList(families) << "core/models/llama.cpp"
                              << "",
        "llama.cpp is missing");
    row("part of a name", "registry",
        { "core/models/families.h", "distilBert", "core/models/bert.cpp", "" }, "bert.cpp is missing");
    row("base file", "registry",
        QStringList(families) << "core/models/model.cpp"
                              << ""
                              << "core/models/model.h"
                              << "",
        "");
    row("verb with a header", "registry", { "app/commands/a.cpp", "", "app/commands/a.h", "" },
        "a.cpp is missing");
    row("view", "registry", { "ui/views/views.cpp", "gridView", "ui/views/text_view.cpp", "" },
        "text_view.cpp is missing");
}

void TestHouseRules::aMadeUpFile()
{
    QFETCH(QString, rule);
    QFETCH(QStringList, files);
    QFETCH(QString, violation);
    SourceFiles sources;
    for (int i = 0; i + 1 < files.size(); i += 2)
        sources.push_back({ files[i], files[i + 1] });
    const QStringList found = check(rule, sources);
    QCOMPARE(found.size(), violation.isEmpty() ? 0 : 1);
    QVERIFY2(found.join("\n").contains(violation), qPrintable(found.join("\n")));
}

void TestHouseRules::thePackageList_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("violations");
    QTest::newRow("ours") << readText("resources/packaging/debian-packages.txt") << 0;
    QTest::newRow("unknown group") << "[extra]\n" << 1;
    QTest::newRow("no purpose") << "[build]\ncmake\n" << 1;
    QTest::newRow("no group") << "cmake  builds\n" << 1;
    QTest::newRow("twice") << "[build]\ncmake  builds\n[run]\ncmake  runs\n" << 1;
}

void TestHouseRules::thePackageList()
{
    QFETCH(QString, text);
    QFETCH(int, violations);
    QVERIFY(!text.isEmpty());
    const QStringList found = test::packageListViolations(text);
    QVERIFY2(found.size() == violations, qPrintable(found.join("\n")));
}

void TestHouseRules::theTopLevelIsThePlan()
{
    QStringList planned{ "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "app", "core",
        "resources", "tests", "ui" };
    QStringList found =
        QDir(test::sourcePath("")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot, QDir::Name);
    found.erase(std::remove_if(
                    found.begin(), found.end(), [](const QString& name) { return name.endsWith(".user"); }),
        found.end());
    QCOMPARE(found, planned);
}

void TestHouseRules::everyScriptReadsThePackageList()
{
    for (const char* script : { "app/run.sh", "tests/run.sh" }) {
        QVERIFY2(QFileInfo(test::sourcePath(script)).isExecutable(), script);
        QVERIFY2(readText(script).contains("resources/packaging/setup.sh"), script);
    }
    QVERIFY(readText("resources/packaging/setup.sh").contains("debian-packages.txt"));
    QVERIFY(readText(".ci/run").contains("tests/run.sh"));
    for (const SourceFile& file : m_tree) {
        const bool script = file.path.endsWith(".sh") && file.path != "resources/packaging/setup.sh";
        QVERIFY2(!script || !file.text.contains("apt-get"), qPrintable(file.path));
    }
}

HEADLIGHT_TEST_MAIN(TestHouseRules)
#include "tst_house_rules.moc"
