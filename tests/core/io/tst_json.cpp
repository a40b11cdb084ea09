// JSON that strangers wrote: what is wrong is said with its place, and no text can take the memory or the stack.

#include "core/io/json.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestJson : public test::TestCase {
    Q_OBJECT
private slots:
    void saysWhereItIsWrong_data();
    void saysWhereItIsWrong();
    void nestsOnlySoDeep_data();
    void nestsOnlySoDeep();
    void bracketsInStringsAreText();
    void repeatedKeys();
    void readsAFile();
    void wholeNumbersAreHeldExactly_data();
    void wholeNumbersAreHeldExactly();
    void accessSaysWhatWasExpected();
};

void TestJson::saysWhereItIsWrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("words");
    QTest::newRow("nothing") << QByteArray() << "line 1";
    QTest::newRow("cut short") << QByteArray("{\"a\": 1,\n \"b\": ") << "line 2";
    QTest::newRow("comma too many") << QByteArray("{\n\n\"a\": [1,]}") << "line 3";
    QTest::newRow("no UTF-8") << QByteArray("\"\xff\xfe\"") << "line 1";
    QTest::newRow("zero byte") << QByteArray("{\"a\":\0 1}", 9) << "line 1";
    QTest::newRow("two values") << QByteArray("{} {}") << "line 1";
    QTest::newRow("number beyond a double") << QByteArray("{\"a\": 1e999}") << "too large";
    QTest::newRow("Python's infinity") << QByteArray("{\"a\": Infinity}") << "line 1";
}

void TestJson::saysWhereItIsWrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, words);
    const auto parsed = parseJson(text.toStdString(), "config.json");
    QVERIFY(!parsed);
    QCOMPARE(int(parsed.error().kind), int(ErrorKind::BadFile));
    const QString message = QString::fromStdString(parsed.error().message);
    QVERIFY2(message.startsWith("config.json ") && message.contains(words), qPrintable(message));
}

void TestJson::nestsOnlySoDeep_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("fine");
    QTest::newRow("a hundred levels") << QByteArray(100, '[') + QByteArray(100, ']') << true;
    QTest::newRow("a thousand levels") << QByteArray(1000, '[') + QByteArray(1000, ']') << false;
    QTest::newRow("a hundred megabytes of brackets") << QByteArray(100'000'000, '[') << false;
    QTest::newRow("objects in objects") << QByteArray("{\"a\":").repeated(100'000) << false;
    QTest::newRow("many side by side") << '[' + QByteArray("[[[]]],").repeated(10'000) + "[]]" << true;
}

void TestJson::nestsOnlySoDeep()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, fine);
    const auto parsed = parseJson({ text.data(), std::size_t(text.size()) }, "The header");
    QCOMPARE(bool(parsed), fine);
    if (!fine)
        QVERIFY2(parsed.error().message.find("levels deep") != std::string::npos, parsed.error().message.c_str());
}

void TestJson::bracketsInStringsAreText()
{
    const QByteArray text = "[\"" + QByteArray(1000, '[') + "\\\"" + QByteArray(1000, '{') + "\\\\\", 5]";
    const auto parsed = parseJson(text.toStdString(), "text");
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    QCOMPARE(parsed->at(1).get<int>(), 5);
}

void TestJson::repeatedKeys()
{
    const std::string text = R"({"a": {"b": 1}, "c": {"b": 2}, "a": 3})";
    const auto kept = parseJson(text, "text");
    QVERIFY(kept && kept->at("a") == 3);
    const auto refused = parseJson(text, "The header", RepeatedKeys::Refuse);
    QVERIFY(!refused);
    QCOMPARE(refused.error().message, std::string("The header holds the key \"a\" twice."));
    const auto fine = parseJson(R"({"a": {"b": 1}, "c": [{"b": 2}, {"b": 3}]})", "text", RepeatedKeys::Refuse);
    QVERIFY(fine && fine->at("c").at(1).at("b") == 3);
}

void TestJson::readsAFile()
{
    const test::ScratchFolder folder;
    test::writeBytes(folder / "a.json", "{\"key\": [1, 2]}");
    QCOMPARE(readJson(folder / "a.json")->at("key").at(1).get<int>(), 2);
    QCOMPARE(int(readJson(folder / "b.json").error().kind), int(ErrorKind::NotFound));
    test::writeBytes(folder / "c.json", "{");
    QVERIFY(readJson(folder / "c.json").error().message.find((folder / "c.json").string()) == 0);
}

void TestJson::wholeNumbersAreHeldExactly_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("asSigned");
    QTest::addColumn<bool>("asUnsigned");
    QTest::addColumn<bool>("asInt");
    QTest::newRow("7") << QByteArray("7") << true << true << true;
    QTest::newRow("-7") << QByteArray("-7") << true << false << true;
    QTest::newRow("2 to the 40") << QByteArray("1099511627776") << true << true << false;
    QTest::newRow("largest signed") << QByteArray("9223372036854775807") << true << true << false;
    QTest::newRow("one more") << QByteArray("9223372036854775808") << false << true << false;
    QTest::newRow("beyond 64 bits") << QByteArray("18446744073709551616") << false << false << false;
    QTest::newRow("written as a float") << QByteArray("12.0") << true << true << true;
    QTest::newRow("a half") << QByteArray("12.5") << false << false << false;
    QTest::newRow("huge float") << QByteArray("1e300") << false << false << false;
    QTest::newRow("truth") << QByteArray("true") << false << false << false;
    QTest::newRow("text") << QByteArray("\"7\"") << false << false << false;
    QTest::newRow("list") << QByteArray("[7]") << false << false << false;
}

void TestJson::wholeNumbersAreHeldExactly()
{
    QFETCH(QByteArray, text);
    const Json object = Json::parse("{\"n\": " + text.toStdString() + ", \"list\": [1, " + text.toStdString() + "]}");
    QTEST(bool(jsonGet<std::int64_t>(object, "n", "x")), "asSigned");
    QTEST(bool(jsonGet<std::uint64_t>(object, "n", "x")), "asUnsigned");
    QTEST(bool(jsonGet<int>(object, "n", "x")), "asInt");
    QTEST(bool(jsonGet<std::vector<std::int64_t>>(object, "list", "x")), "asSigned");
    QTEST(bool(jsonGet<std::vector<std::uint64_t>>(object, "list", "x")), "asUnsigned");
}

void TestJson::accessSaysWhatWasExpected()
{
    const Json object = Json::parse(R"({"size": 12, "name": null, "flag": 1})");
    QCOMPARE(*jsonOr<int>(object, "size", 3, "x"), 12);
    QCOMPARE(*jsonOr<int>(object, "other", 3, "x"), 3);
    QCOMPARE(*jsonOr<std::string>(object, "name", "none", "x"), std::string("none"));
    QCOMPARE(*jsonOr<int>(Json::array(), "size", 3, "x"), 3);
    QCOMPARE(jsonGet<std::string>(object, "name", "a.json").error().message, std::string("a.json lacks \"name\"."));
    QCOMPARE(jsonGet<int>(Json(5), "size", "a.json").error().message, std::string("a.json lacks \"size\"."));
    QCOMPARE(jsonGet<std::string>(object, "size", "a.json").error().message,
        std::string("a.json: the value of \"size\" has the wrong type (found number)."));
    QVERIFY(!jsonOr<bool>(object, "flag", false, "a.json"));
    QVERIFY(!jsonOr<std::vector<int>>(object, "size", {}, "a.json"));
}

HEADLIGHT_TEST_MAIN(TestJson)
#include "tst_json.moc"
