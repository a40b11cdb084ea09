// headlight inspect and headlight models, run as a script would: what is said of a model, and which can be named.

#include "tests/support/program.h"
#include "tests/support/tiny_model.h"

using namespace headlight;

class TestInspect : public test::TestCase {
    Q_OBJECT
private slots:
    void describesAsJson();
    void describesForPeople();
    void foldersOfAnyName();
    void describesFiles();
    void listsWhatIsNotSupported();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void listsBundledAndCachedModels();
    void opensByName_data();
    void opensByName();
    void nothingToList();

private:
    static test::ProgramRun run(const QStringList& arguments, const test::ScratchFolder& resources, const test::ScratchFolder& cache)
    {
        auto environment = test::displaylessEnvironment();
        environment.insert("HEADLIGHT_RESOURCES", QString::fromStdString(resources.path().string()));
        environment.insert("HF_HUB_CACHE", QString::fromStdString(cache.path().string()));
        return test::runProgram(arguments, {}, environment);
    }
    /// One bundled model, and one in the cache under two revisions, of which refs/main names the second.
    void fill() const;

    const test::TinyModel m_model;
    const test::ScratchFolder m_resources, m_cache, m_nothing;
};

void TestInspect::fill() const
{
    namespace fs = std::filesystem;
    const fs::path source = test::sourcePath("tests/golden/bert_seqcls").toStdString();
    const fs::path bundled = m_resources / "models/tiny", repository = m_cache / "models--org--some--name";
    for (const fs::path& folder : { bundled, repository / "snapshots/aaa", repository / "snapshots/bbb" }) {
        fs::create_directories(folder.parent_path());
        fs::copy(source, folder, fs::copy_options::overwrite_existing | fs::copy_options::recursive);
    }
    fs::create_directories(repository / "refs");
    test::writeBytes(repository / "refs/main", "bbb");
    test::writeBytes(bundled / "README.md", "---\nlicense: mit\n---\n# Tiny\n\nSays whether a\nsentence is fine. More of it.\n");
    fs::create_directories(m_cache / "datasets--org--data");
    fs::create_directories(m_cache / "models--org--half"); // nothing was downloaded
}

void TestInspect::describesAsJson()
{
    const auto said = test::runProgram({ "inspect", QString::fromStdString(m_model.path().string()), "--json" });
    QCOMPARE(said.status, 0);
    QCOMPARE(said.err, QString());
    const Json d = Json::parse(said.out.toStdString());
    QCOMPARE(d.at("family"), Json("bert"));
    QCOMPARE(d.at("architecture"), Json("BertForMaskedLM"));
    QCOMPARE(d.at("task"), Json("masked words"));
    QCOMPARE(d.at("layers"), Json(2));
    QCOMPARE(d.at("heads"), Json(4));
    QCOMPARE(d.at("head_size"), Json(8));
    QCOMPARE(d.at("width"), Json(32));
    QCOMPARE(d.at("stored_type"), Json("F32"));
    QCOMPARE(d.at("tokenizer"), Json(true));
    QCOMPARE(d.at("config").at("vocab_size"), Json(128));
    QCOMPARE(d.at("parameters").size(), std::size_t(42)); // as the reference's file lists them
    std::int64_t count = 0;
    for (const Json& parameter : d.at("parameters")) {
        std::int64_t numbers = 1;
        for (const Json& extent : parameter.at("shape"))
            numbers *= extent.get<std::int64_t>();
        count += numbers;
    }
    QCOMPARE(d.at("parameter_count"), Json(count));
    QCOMPARE(d.at("parameters").at(0), Json({ { "name", "bert.embeddings.word_embeddings.weight" }, { "shape", { 128, 32 } }, { "type", "F32" } }));
}

void TestInspect::describesForPeople()
{
    const auto said = test::runProgram({ "inspect", test::sourcePath("tests/golden/vit_cls") });
    QCOMPARE(said.status, 0);
    for (const char* words : { "ViTForImageClassification, image classification", "3 layers × 4 heads of 8", "LABEL_0, LABEL_1", "vit.embeddings.cls_token", "[1,1,32]", "image_size", "mostly F32" })
        QVERIFY2(said.out.contains(words), qPrintable(said.out));
}

void TestInspect::foldersOfAnyName()
{
    const test::ScratchFolder parent;
    for (const char* name : { "with space", "quoted\"and\\more", "naïve-中文", "latin-\xe9" }) {
        const auto folder = parent / name;
        std::filesystem::copy(m_model.path(), folder);
        QProcess process;
        process.setProcessEnvironment(test::displaylessEnvironment());
        process.setWorkingDirectory(QFile::decodeName(parent.path().c_str()));
        // Through the shell: QString cannot carry a name that is no UTF-8.
        process.start("sh", { "-c", "exec \"$0\" inspect */ --json", HEADLIGHT_PROGRAM });
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray out = process.readAllStandardOutput(), err = process.readAllStandardError();
        QVERIFY2(process.exitCode() == 0 && err.isEmpty(), err.constData());
        QVERIFY(Json::parse(out.toStdString()).at("name").get<std::string>().starts_with(std::string(name).substr(0, 4)));
        std::filesystem::remove_all(folder);
    }
}

void TestInspect::describesFiles()
{
    const auto said = test::runProgram({ "inspect", test::sourcePath("tests/golden/gguf/bert_model.gguf"), "--json" });
    QVERIFY2(said.status == 0, qPrintable(said.err));
    const Json d = Json::parse(said.out.toStdString());
    QCOMPARE(d.at("name"), Json("bert_model"));
    QCOMPARE(d.at("family"), Json("bert"));
    QCOMPARE(d.at("supported"), Json(true));
    QCOMPARE(d.at("config").at("hidden_size"), Json(32));
    const auto other = test::runProgram({ "inspect", QString::fromStdString((m_model / "model.safetensors").string()) });
    QVERIFY2(other.status == 0 && other.out.contains("BertForMaskedLM"), qPrintable(other.err));
}

void TestInspect::listsWhatIsNotSupported()
{
    const test::TinyModel folder;
    test::writeBytes(folder / "config.json", R"({"model_type":"unheard_of","architectures":["UnheardOfModel"]})");
    const QString path = QString::fromStdString(folder.path().string());
    const auto said = test::runProgram({ "inspect", path });
    QCOMPARE(said.status, 0);
    for (const char* words : { "family \"unheard_of\", which Headlight does not know", "Supported families: ", "UnheardOfModel",
             "none of them is used", "bert.embeddings.word_embeddings.weight", "[128,32]" })
        QVERIFY2(said.out.contains(words), qPrintable(said.out));
    const Json d = Json::parse(test::runProgram({ "inspect", path, "--json" }).out.toStdString());
    QCOMPARE(d.at("supported"), Json(false));
    QCOMPARE(d.at("parameters").size(), std::size_t(42));
    std::filesystem::remove(folder / "config.json"); // parameters alone
    const auto bare = test::runProgram({ "inspect", QString::fromStdString((folder / "model.safetensors").string()) });
    QVERIFY2(bare.status == 0 && bare.out.contains("has no config.json") && bare.out.contains("[128,32]"), qPrintable(bare.out + bare.err));
}

void TestInspect::saysWhatIsWrong_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("words");
    QTest::newRow("no model") << QStringList {} << 2 << "MODEL";
    QTest::newRow("empty name") << QStringList { "" } << 1 << "No model was named";
    QTest::newRow("nobody's name") << QStringList { "sentimental" } << 1 << "There is no model \"sentimental\"";
    QTest::newRow("no model folder") << QStringList { "/usr" } << 1 << "/usr is not a model folder: it has no config.json";
    QTest::newRow("name too long") << QStringList { QString(5000, 'x') } << 1 << "There is no model";
    QTest::newRow("two models") << QStringList { "/usr", "/etc" } << 2 << "/etc";
}

void TestInspect::saysWhatIsWrong()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, words);
    const auto said = test::runProgram(QStringList { "inspect" } + arguments);
    QTEST(said.status, "status");
    QVERIFY2(said.err.startsWith("headlight: ") && said.err.contains(words), qPrintable(said.err));
    QCOMPARE(said.err.count('\n'), 1);
    QCOMPARE(said.out, QString());
}

void TestInspect::listsBundledAndCachedModels()
{
    fill();
    const auto said = run({ "models", "--json" }, m_resources, m_cache);
    QCOMPARE(said.status, 0);
    QCOMPARE(said.err, QString());
    const Json list = Json::parse(said.out.toStdString());
    QCOMPARE(list.size(), std::size_t(2));
    QCOMPARE(list.at(0), Json({ { "name", "tiny" }, { "origin", "bundled" }, { "folder", (m_resources / "models/tiny").string() }, { "summary", "Says whether a sentence is fine." } }));
    QCOMPARE(list.at(1), Json({ { "name", "org/some--name" }, { "origin", "cache" }, { "folder", (m_cache / "models--org--some--name/snapshots/bbb").string() }, { "summary", "bert" } }));
    test::writeBytes(m_cache / "models--org--some--name/refs/main", "aaa");
    const auto other = run({ "models", "--json" }, m_resources, m_cache);
    QCOMPARE(Json::parse(other.out.toStdString()).at(1).at("folder"), Json((m_cache / "models--org--some--name/snapshots/aaa").string()));
    const auto table = run({ "models" }, m_resources, m_cache);
    QVERIFY2(table.out.contains("tiny") && table.out.contains("org/some--name") && table.out.count('\n') == 2, qPrintable(table.out));
}

void TestInspect::opensByName_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("bundled") << "tiny";
    QTest::newRow("cached") << "org/some--name";
}

void TestInspect::opensByName()
{
    QFETCH(QString, name);
    fill();
    const auto said = run({ "inspect", name, "--json" }, m_resources, m_cache);
    QCOMPARE(said.status, 0);
    QCOMPARE(Json::parse(said.out.toStdString()).at("name"), Json(name.toStdString()));
}

void TestInspect::nothingToList()
{
    const auto table = run({ "models" }, m_nothing, m_nothing);
    QCOMPARE(table.status, 0);
    QCOMPARE(table.out, QString("No models were found.\n"));
    QCOMPARE(run({ "models", "--json" }, m_nothing, m_nothing).out, QString("[]\n"));
}

HEADLIGHT_TEST_MAIN(TestInspect)
#include "tst_inspect.moc"
