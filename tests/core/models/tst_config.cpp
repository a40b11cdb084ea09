// config.json read with defaults: each wrong value is named, and all of them at once.

#include "core/models/config.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestConfig : public test::TestCase {
    Q_OBJECT
private slots:
    void readsValuesAndDefaults();
    void namesEveryProblem();
    void sizes_data();
    void sizes();
    void labels_data();
    void labels();
    void refusesWhatIsNoConfiguration_data();
    void refusesWhatIsNoConfiguration();
    void foldersThatCannotBe_data();
    void foldersThatCannotBe();
};

void TestConfig::readsValuesAndDefaults()
{
    auto config = Config::parse(R"({"model_type": "bert", "architectures": ["BertModel", "Other"], "hidden_size": 48,
        "eps": 0.25, "flag": true, "act": "relu", "nothing": null, "zero": 0})", "config.json");
    QVERIFY(config);
    QCOMPARE(config->modelType(), std::string("bert"));
    QCOMPARE(config->architecture(), std::string("BertModel"));
    QCOMPARE(config->size("hidden_size", 768), std::int64_t(48));
    QCOMPARE(config->size("other", 768), std::int64_t(768));
    QCOMPARE(config->size("nothing", 5), std::int64_t(5));
    QCOMPARE(config->number("zero", 3), std::int64_t(0));
    QCOMPARE(config->real("eps", 1.0f), 0.25f);
    QCOMPARE(config->flag("flag", false), true);
    QCOMPARE(config->text("act", "gelu"), std::string("relu"));
    QVERIFY(config->status());
    QVERIFY(config->dump().find("\"hidden_size\": 48") != std::string::npos);
    const auto bare = Config::parse("{}", "x");
    QVERIFY(bare && bare->modelType().empty() && bare->architecture().empty());
}

void TestConfig::namesEveryProblem()
{
    auto config = Config::parse(R"({"hidden_size": -4, "eps": "small", "flag": 1})", "a/config.json");
    QCOMPARE(config->size("hidden_size", 768), std::int64_t(1)); // something to go on with
    QCOMPARE(config->real("eps", 0.5f), 0.5f);
    QCOMPARE(config->flag("flag", true), true);
    config->problem("Own words.");
    const Status status = config->status();
    QVERIFY(!status);
    for (const char* words : { "hidden_size = -4", "\"eps\"", "\"flag\"", "a/config.json", "Own words." })
        QVERIFY2(status.error().message.find(words) != std::string::npos, status.error().message.c_str());
}

void TestConfig::sizes_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("fine");
    for (const char* fine : { "1", "12", "1000", "12.0" })
        QTest::newRow(fine) << QByteArray(fine) << true;
    for (const char* bad : { "0", "-1", "1001", "1e30", "-1e30", "1.5", "9223372036854775808", "18446744073709551617", "true", "\"12\"", "[12]", "{}" })
        QTest::newRow(bad) << QByteArray(bad) << false;
}

void TestConfig::sizes()
{
    QFETCH(QByteArray, value);
    auto config = Config::parse("{\"n\": " + value.toStdString() + "}", "config.json");
    QVERIFY(config);
    const std::int64_t size = config->size("n", 7, 1000);
    QVERIFY(size >= 1 && size <= 1000);
    QTEST(bool(config->status()), "fine");
}

void TestConfig::labels_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("in the order of the ids") << QByteArray(R"({"id2label": {"10": "k", "0": "a", "1": "b", "2": "c", "3": "d", "4": "e", "5": "f", "6": "g", "7": "h", "8": "i", "9": "j"}})")
                                             << QString("abcdefghijk").split("", Qt::SkipEmptyParts);
    QTest::newRow("by number") << QByteArray(R"({"num_labels": 3})") << QStringList { "LABEL_0", "LABEL_1", "LABEL_2" };
    QTest::newRow("two by default") << QByteArray("{}") << QStringList { "LABEL_0", "LABEL_1" };
    QTest::newRow("a gap") << QByteArray(R"({"id2label": {"0": "a", "5": "b"}})") << QStringList { "a", "LABEL_1" };
}

void TestConfig::labels()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, expected);
    auto config = Config::parse(text.toStdString(), "x");
    const std::vector<std::string> labels = config->labels();
    QCOMPARE(int(labels.size()), int(expected.size()));
    for (std::size_t i = 0; i < labels.size(); ++i)
        QCOMPARE(QString::fromStdString(labels[i]), expected[qsizetype(i)]);
}

void TestConfig::refusesWhatIsNoConfiguration_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text : { "", "[]", "5", "\"bert\"", "{", "null", "{\"a\":1}}", "\xef\xbf" })
        QTest::newRow(text) << QByteArray(text);
}

void TestConfig::refusesWhatIsNoConfiguration()
{
    QFETCH(QByteArray, text);
    const auto config = Config::parse(text.toStdString(), "here/config.json");
    QVERIFY(!config);
    QCOMPARE(int(config.error().kind), int(ErrorKind::BadFile));
    QVERIFY(config.error().message.starts_with("here/config.json"));
}

void TestConfig::foldersThatCannotBe_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("words");
    QTest::newRow("no folder") << "/no/such/folder" << "There is no folder /no/such/folder.";
    QTest::newRow("no configuration") << "/usr" << "/usr is not a model folder: it has no config.json.";
    QTest::newRow("a file") << test::sourcePath("README.md") << "is not a model folder";
    QTest::newRow("name too long") << QString(5000, 'x') << "There is no folder";
    QTest::newRow("no name") << "" << "There is no folder";
}

void TestConfig::foldersThatCannotBe()
{
    QFETCH(QString, folder);
    QFETCH(QString, words);
    const auto config = Config::open(folder.toStdString());
    QVERIFY(!config);
    QCOMPARE(int(config.error().kind), int(ErrorKind::NotFound));
    QVERIFY2(QString::fromStdString(config.error().message).contains(words), config.error().message.c_str());
}

HEADLIGHT_TEST_MAIN(TestConfig)
#include "tst_config.moc"
