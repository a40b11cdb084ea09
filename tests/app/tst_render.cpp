// headlight render, as a script calls it: without a display, the same bytes twice, clear refusals.

#include "tests/support/program.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestRender : public test::TestCase {
    Q_OBJECT
private slots:
    void sameBytesTwice_data();
    void sameBytesTwice();
    void csvIsWhatAttendSays();
    void joinedWordsSumToOne();
    void comparesWithTheOtherSide();
    void wrongUsage_data();
    void wrongUsage();
    void unwritablePath();
    void numbersInEveryFormat();
    void animations();
    void theFileSaysHowItIsMadeAgain_data();
    void theFileSaysHowItIsMadeAgain();
    void helpNamesEveryOption();
    void fullAndReadOnlyDisks_data();
    void fullAndReadOnlyDisks();

private:
    QString target(const QString& name) const { return m_folder.filePath(name); }
    test::ProgramRun render(const QStringList& arguments) const
    {
        return test::runProgram(
            QStringList{ "render", test::sourcePath("tests/golden/bert_seqcls"), "--ids", "2,5,6,7,3" }
            + arguments);
    }
    test::ProgramRun renderPicture(const QStringList& arguments) const
    {
        return test::runProgram(QStringList{ "render", test::sourcePath("tests/golden/vit_cls"), "--input",
                                    test::sourcePath("tests/golden/vit_cls/expected.image.safetensors") }
            + arguments);
    }
    QByteArray content(const QString& name) const
    {
        QFile file(target(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir m_folder;
};

void TestRender::sameBytesTwice_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<QString>("file");
    for (const char* view : { "heatmap", "grid", "text", "image", "steps" })
        for (const char* ending : { "png", "svg", "pdf", "csv" })
            QTest::addRow("%s %s", view, ending) << view << QStringLiteral("a.%1").arg(ending);
}

void TestRender::sameBytesTwice()
{
    QFETCH(QString, view);
    QFETCH(QString, file);
    const QStringList arguments{ "--view", view, "--layer", "1", "--head", "mean", "--query", "2", "-o" };
    const auto run = [&](const QStringList& all) {
        return view == "image" ? renderPicture(all) : render(all);
    };
    const auto first = run(arguments + QStringList{ target("1" + file) });
    QVERIFY2(first.status == 0 && first.err.isEmpty() && first.out.isEmpty(), qPrintable(first.err));
    QTest::qWait(file.endsWith("pdf") ? 1000 : 0); // dates have seconds
    QCOMPARE(run(arguments + QStringList{ target("2" + file) }).status, 0);
    QVERIFY(content("1" + file).size() > 40);
    QVERIFY2(content("1" + file) == content("2" + file), "the bytes differ");
}

void TestRender::csvIsWhatAttendSays()
{
    QCOMPARE(render({ "--view", "heatmap", "--layer", "0", "--head", "1", "-o", target("w.csv") }).status, 0);
    const auto attend = test::runProgram({ "attend", test::sourcePath("tests/golden/bert_seqcls"), "--ids",
        "2,5,6,7,3", "-o", target("w.json") });
    QCOMPARE(attend.status, 0);
    const auto tensors = QJsonDocument::fromJson(content("w.json")).object()["tensors"].toObject();
    const auto head = tensors["attentions.0"].toArray()[0].toArray()[1].toArray();
    const auto lines = QString::fromUtf8(content("w.csv")).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 6);
    for (int row = 0; row < 5; ++row) {
        const auto fields = lines[row + 1].split(',');
        QCOMPARE(fields.size(), 6);
        for (int column = 0; column < 5; ++column)
            QCOMPARE(fields[column + 1].toFloat(), float(head[row].toArray()[column].toDouble()));
    }
}

void TestRender::joinedWordsSumToOne()
{
    const auto lines = [&](const QStringList& more) {
        const auto run = test::runProgram(
            QStringList{ "render", "sentiment", "--text", "An unbelievably disappointing film.", "--view",
                "heatmap", "-o", target("j.csv") }
            + more);
        return run.status == 0 ? QString::fromUtf8(content("j.csv")).split('\n', Qt::SkipEmptyParts)
                               : QStringList();
    };
    const QStringList pieces = lines({}), words = lines({ "--join-words" });
    QVERIFY(!words.isEmpty() && words.size() < pieces.size());
    QVERIFY(words[0].split(',').contains("unbelievably") && !pieces[0].split(',').contains("unbelievably"));
    for (qsizetype row = 1; row < words.size(); ++row) {
        double sum = 0;
        for (const QString& field : words[row].split(',').mid(1))
            sum += field.toDouble();
        QVERIFY(std::abs(sum - 1) < 1e-5);
    }
}

/// The two weights of a line are those that the heat maps of both heads say; every file is written.
void TestRender::comparesWithTheOtherSide()
{
    const auto fields = [this](const QString& name) {
        QList<QStringList> lines;
        for (const QString& line : QString::fromUtf8(content(name)).split('\n', Qt::SkipEmptyParts))
            lines << line.split(',');
        return lines;
    };
    const QStringList against{ "--view", "compare", "--layer", "1", "--head", "0", "--against-layer", "0",
        "--against-head", "1", "-o" };
    for (const char* file : { "c.csv", "c.png", "c.svg", "c.pdf" }) {
        const auto run = render(against + QStringList{ target(file) });
        QVERIFY2(run.status == 0 && run.err.isEmpty(), qPrintable(run.err));
        QVERIFY(content(file).size() > 400);
    }
    QCOMPARE(render({ "--view", "heatmap", "--layer", "1", "--head", "0", "-o", target("a.csv") }).status, 0);
    QCOMPARE(render({ "--view", "heatmap", "--layer", "0", "--head", "1", "-o", target("b.csv") }).status, 0);
    const auto a = fields("a.csv"), b = fields("b.csv"), both = fields("c.csv");
    QCOMPARE(both.size(), 26); // 5 × 5 and a header
    for (int i = 0; i < 25; ++i) {
        const QStringList& line = both[i + 1];
        QCOMPARE(line.size(), 5);
        QCOMPARE(line[2], a[i / 5 + 1][i % 5 + 1]);
        QCOMPARE(line[3], b[i / 5 + 1][i % 5 + 1]);
        QCOMPARE(line[4].toFloat(), line[2].toFloat() - line[3].toFloat());
    }
    // Another model over the same ids; a second text.
    QCOMPARE(render({ "--view", "compare", "--against", test::sourcePath("tests/golden/bert_mlm"), "-o",
                        target("m.csv") })
                 .status,
        0);
    QVERIFY(content("m.csv").size() > 100);
}

void TestRender::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("says");
    const QString png = target("u.png");
    QTest::newRow("unknown view") << QStringList{ "--view", "guesses", "-o", png } << "heatmap";
    QTest::newRow("no view") << QStringList{ "-o", png } << "--view";
    QTest::newRow("no output") << QStringList{ "--view", "heatmap" } << "--output";
    QTest::newRow("unknown ending") << QStringList{ "--view", "heatmap", "-o", target("u.bmp") } << ".svg";
    QTest::newRow("no such layer") << QStringList{ "--view", "heatmap", "--layer", "99", "-o", png }
                                   << "layer 99";
    QTest::newRow("no such step") << QStringList{ "--view", "steps", "--step", "guess", "-o", png }
                                  << "softmax";
    QTest::newRow("a step of a map") << QStringList{ "--view", "heatmap", "--step", "softmax", "-o", png }
                                     << "--step";
    QTest::newRow("no such head") << QStringList{ "--view", "heatmap", "--head", "99", "-o", png }
                                  << "head 99";
    QTest::newRow("no such token") << QStringList{ "--view", "heatmap", "--query", "5", "-o", png }
                                   << "token 5";
    QTest::newRow("head of letters") << QStringList{ "--view", "heatmap", "--head", "median", "-o", png }
                                     << "median";
    QTest::newRow("size") << QStringList{ "--view", "heatmap", "--size", "wide", "-o", png } << "1600x1000";
    QTest::newRow("colours") << QStringList{ "--view", "heatmap", "--colormap", "jet", "-o", png }
                             << "viridis, cividis";
    QTest::newRow("scale") << QStringList{ "--view", "heatmap", "--scale", "cubic", "-o", png } << "sqrt";
    QTest::newRow("normalise") << QStringList{ "--view", "heatmap", "--normalise", "all", "-o", png }
                               << "layer";
    QTest::newRow("nothing to compare with")
        << QStringList{ "--view", "compare", "-o", png } << "--against-head";
    QTest::newRow("other view against")
        << QStringList{ "--view", "heatmap", "--against-head", "1", "-o", png } << "compare";
    QTest::newRow("no such head against")
        << QStringList{ "--view", "compare", "--against-head", "99", "-o", png } << "head 99";
    QTest::newRow("no such layer against")
        << QStringList{ "--view", "compare", "--against-layer", "99", "-o", png } << "layer 99";
    QTest::newRow("text against ids")
        << QStringList{ "--view", "compare", "--against-text", "a", "-o", png } << "--text";
    QTest::newRow("gif of one") << QStringList{ "--view", "heatmap", "-o", target("u.gif") } << "--animate";
    QTest::newRow("moving svg") << QStringList{ "--view", "heatmap", "--animate", "layers", "-o",
        target("u.svg") } << ".gif";
    QTest::newRow("moving how") << QStringList{ "--view", "heatmap", "--animate", "rows", "-o", png }
                                << "generation";
    QTest::newRow("delay alone") << QStringList{ "--view", "heatmap", "--delay", "100", "-o", png }
                                 << "--animate";
    QTest::newRow("option of another view")
        << QStringList{ "--view", "heatmap", "--option", "threshold=0.2", "-o", png } << "window";
    QTest::newRow("option without value")
        << QStringList{ "--view", "links", "--option", "threshold", "-o", png } << "NAME=VALUE";
    QTest::newRow("impossible size") << QStringList{ "--view", "heatmap", "--size", "5x5", "-o", png }
                                     << "5×5 pixels";
    QTest::newRow("impossible dpi") << QStringList{ "--view", "heatmap", "--dpi", "1", "-o", png } << "1 dpi";
    QTest::newRow("titles") << QStringList{ "--view", "heatmap", "--title", "a", "--no-title", "-o", png }
                            << "--no-title";
    QTest::newRow("join what") << QStringList{ "--view", "heatmap", "--join", "max", "-o", png } << "--head";
    QTest::newRow("theme") << QStringList{ "--view", "heatmap", "--theme", "pink", "-o", png } << "dark";
}

void TestRender::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, says);
    const auto run = render(arguments);
    QCOMPARE(run.status, 2);
    QVERIFY2(run.err.contains(says) && run.err.count('\n') == 1, qPrintable(run.err));
    QVERIFY(!QFile::exists(target("u.png")));
}

void TestRender::unwritablePath()
{
    const auto run = render({ "--view", "heatmap", "-o", "/no/such/folder/a.png" });
    QCOMPARE(run.status, 1);
    QVERIFY2(run.err.contains("/no/such/folder") && run.err.count('\n') == 1, qPrintable(run.err));
}

/// The weights of the .json and the .csv of one figure are the same.
void TestRender::numbersInEveryFormat()
{
    const QStringList arguments{ "--view", "heatmap", "--layer", "1", "--head", "0,1", "--join", "max",
        "-o" };
    for (const char* file : { "n.npz", "n.safetensors", "n.json", "n.csv" }) {
        const auto run = render(arguments + QStringList{ target(file) });
        QVERIFY2(run.status == 0 && run.err.isEmpty(), qPrintable(run.err));
    }
    QVERIFY(content("n.npz").startsWith("PK"));
    const auto file = QJsonDocument::fromJson(content("n.json")).object();
    const auto map = file["tensors"].toObject()["attention"].toArray();
    QCOMPARE(map.size(), 5);
    const auto lines = QString::fromUtf8(content("n.csv")).split('\n', Qt::SkipEmptyParts);
    for (int row = 0; row < 5; ++row)
        for (int column = 0; column < 5; ++column)
            QCOMPARE(float(map[row].toArray()[column].toDouble()),
                lines[row + 1].split(',')[column + 1].toFloat());
    QVERIFY(content("n.json").contains("max of 0,1"));
}

void TestRender::animations()
{
    QCOMPARE(render({ "--view", "heatmap", "--animate", "layers", "--delay", "300", "-o", target("m.gif") })
                 .status,
        0);
    QVERIFY(content("m.gif").startsWith("GIF89a"));
    QCOMPARE(content("m.gif").count(QByteArray("\x21\xf9\x04", 3)), 3); // a picture per layer
    QCOMPARE(render({ "--view", "steps", "--animate", "steps", "-o", target("m.png") }).status, 0);
    QCOMPARE(QDir(m_folder.path()).entryList({ "m-*.png" }).size(), 7);
    const auto none = render({ "--view", "heatmap", "--animate", "generation", "-o", target("none.gif") });
    QCOMPARE(none.status, 1);
    QVERIFY2(none.err.contains("generation") && none.err.count('\n') == 1, qPrintable(none.err));
}

void TestRender::theFileSaysHowItIsMadeAgain_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("plain") << QStringList{ "--view", "heatmap" };
    QTest::newRow("much") << QStringList{ "--view", "heatmap", "--layer", "0", "--head", "0,1", "--join",
        "max", "--query", "1,2", "--key", "3", "--colormap", "magma", "--scale", "log", "--normalise", "row",
        "--special", "renormalise", "--pooling", "mean", "--theme", "dark", "--title", "It's \"mine\"",
        "--no-caption", "--no-legend", "--size", "page", "--transparent", "--option", "window=1,1,3,3" };
    QTest::newRow("links") << QStringList{ "--view", "links", "--head", "mean", "--option",
        "threshold=0.125" };
    QTest::newRow("compare") << QStringList{ "--view", "compare", "--layer", "1", "--against-layer", "0",
        "--against-head", "1", "--option", "show=difference" };
    QTest::newRow("steps") << QStringList{ "--view", "steps", "--step", "softmax", "--size", "1200x700" };
}

void TestRender::theFileSaysHowItIsMadeAgain()
{
    QFETCH(QStringList, arguments);
    QCOMPARE(render(arguments + QStringList{ "-o", target("first.png") }).status, 0);
    const QString command = QImage(target("first.png")).text("command");
    QVERIFY(command.startsWith("headlight render bert_seqcls --ids 2,5,6,7,3 "));
    QProcess shell;
    shell.setProcessEnvironment(test::displaylessEnvironment());
    shell.setWorkingDirectory(test::sourcePath("tests/golden"));
    shell.start("sh",
        { "-c",
            QStringLiteral("%1%2 -o %3")
                .arg(QLatin1String(HEADLIGHT_PROGRAM), command.mid(9), target("again.png")) });
    QVERIFY(shell.waitForFinished());
    QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError());
    QVERIFY2(content("first.png") == content("again.png"), qPrintable(command));
}

void TestRender::helpNamesEveryOption()
{
    const QString help = test::runProgram({ "render", "--help" }).out;
    for (const char* option : { "--view", "--layer", "--head", "--join", "--site", "--query", "--key",
             "--output", "--size", "--dpi", "--theme", "--colormap", "--scale", "--normalise", "--special",
             "--join-words", "--pooling", "--direction", "--overlay", "--smooth", "--written", "--step",
             "--option", "--title", "--no-title", "--no-caption", "--no-legend", "--transparent", "--animate",
             "--delay", "--once", "--against", "--text", "--generate" })
        QVERIFY2(help.contains(QLatin1String(option)), option);
    for (const char* view : { "grid", "heatmap", "links", "compare", "steps" })
        QVERIFY2(help.contains(QLatin1String(view)), view);
}

void TestRender::fullAndReadOnlyDisks_data()
{
    QTest::addColumn<QString>("mount");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");
    for (const char* file : { "a.png", "a.svg", "a.gif", "a.csv", "a.npz", "a.safetensors", "a.json" }) {
        QTest::addRow("full %s", file) << "size=4k" << file << "No space left";
        QTest::addRow("read-only %s", file) << "ro" << file << "Read-only";
    }
    QTest::newRow("full sequence") << "size=16k"
                                   << "s.png"
                                   << "No space left";
}

/// In a mount of its own, which nobody else sees: this needs to be root.
void TestRender::fullAndReadOnlyDisks()
{
    QFETCH(QString, mount);
    QFETCH(QString, file);
    QFETCH(QString, says);
    const QString folder = target("disk");
    QDir().mkpath(folder);
    const bool moves = file.endsWith("gif") || file.startsWith("s.");
    const QString script = QStringLiteral("mount -t tmpfs -o %1 none %2 || exit 77; "
                                          "[ %1 = ro ] || head -c 65536 /dev/zero > %2/rest 2>/dev/null; "
                                          "%3 render %4 --ids 2,5,6,7,3 --view heatmap %5 -o %2/%6; "
                                          "status=$?; rm -f %2/rest 2>/dev/null; ls -A %2; exit $status")
                               .arg(mount, folder, QLatin1String(HEADLIGHT_PROGRAM),
                                   test::sourcePath("tests/golden/bert_seqcls"),
                                   moves ? QStringLiteral("--animate layers") : QString(), file);
    QProcess process;
    process.setProcessEnvironment(test::displaylessEnvironment());
    process.start("unshare", { "-m", "sh", "-c", script });
    const bool ran = process.waitForStarted() && process.waitForFinished();
    const QString said = QString::fromUtf8(process.readAllStandardError());
    if (!ran || process.exitCode() == 77 || said.contains("unshare failed"))
        QSKIP("no mount of one's own here");
    QVERIFY2(process.exitCode() == 1, qPrintable(said));
    QVERIFY2(said.contains(says) && said.contains(folder) && said.count('\n') == 1, qPrintable(said));
    QCOMPARE(process.readAllStandardOutput(), QByteArray()); // nothing half-written
}

HEADLIGHT_TEST_MAIN(TestRender)
#include "tst_render.moc"
