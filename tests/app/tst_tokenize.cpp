// headlight tokenize, run as a script would; numbers are those of tests/golden/tokenizers (Hugging Face's
// library).

#include "core/io/json.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestTokenize : public test::TestCase {
    Q_OBJECT
private slots:
    void answersOneText();
    void answersLineByLine();
    void showsATableForPeople();
    void wrongUsage_data();
    void wrongUsage();
    void saysWhichLineIsBad();
    void saysWhatTheFolderLacks();

private:
    const QString m_model = test::sourcePath("tests/golden/tokenizers/bert-base-uncased");
};

void TestTokenize::answersOneText()
{
    const auto run = test::runProgram({ "tokenize", m_model, "--text", "Où est le café ?", "--text-pair",
        "The café is [MASK].", "--json" });
    QCOMPARE(run.status, 0);
    QCOMPARE(run.err, QString());
    const Json answer = Json::parse(run.out.toStdString());
    QCOMPARE(
        answer.at("ids"), Json::parse("[101,15068,9765,3393,7668,1029,102,1996,7668,2003,103,1012,102]"));
    QCOMPARE(answer.at("type_ids"), Json::parse("[0,0,0,0,0,0,0,1,1,1,1,1,1]"));
    QCOMPARE(answer.at("special_mask"), Json::parse("[1,0,0,0,0,0,1,0,0,0,0,0,1]"));
    QCOMPARE(answer.at("offsets").at(4), Json::parse("[10,14]"));
    QCOMPARE(answer.at("offsets").at(6), Json::parse("[0,0]"));
    QCOMPARE(answer.at("tokens").at(10), Json("[MASK]"));
}

void TestTokenize::answersLineByLine()
{
    const QByteArray lines = "{\"text\": \"A man\"}\n\n{\"text\": \"\", \"text_pair\": \"\"}\n{\"text\": "
                             "\"a\", \"text_pair\": null}\n";
    const auto run =
        test::runProgram({ "tokenize", m_model, "--jsonl", "-", "--no-special", "--json" }, lines);
    QCOMPARE(run.status, 0);
    const QStringList answers = run.out.split('\n', Qt::SkipEmptyParts);
    QCOMPARE(answers.size(), 3);
    QCOMPARE(Json::parse(answers[0].toStdString()).at("ids"), Json::parse("[1037,2158]"));
    QCOMPARE(Json::parse(answers[1].toStdString()).at("ids"), Json::array());
    QCOMPARE(Json::parse(answers[2].toStdString()).at("ids"), Json::parse("[1037]"));
}

void TestTokenize::showsATableForPeople()
{
    const auto run = test::runProgram({ "tokenize", m_model, "--text", "a cat" });
    QCOMPARE(run.status, 0);
    QCOMPARE(run.out.count('\n'), 4);
    QVERIFY2(run.out.contains("4937  2-5"), qPrintable(run.out));
}

void TestTokenize::wrongUsage_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::newRow("no text") << QStringList{};
    QTest::newRow("text and lines") << QStringList{ "--text", "a", "--jsonl", "-" };
    QTest::newRow("pair without text") << QStringList{ "--text-pair", "a" };
}

void TestTokenize::wrongUsage()
{
    QFETCH(QStringList, options);
    const auto run = test::runProgram(QStringList{ "tokenize", m_model } + options);
    QCOMPARE(run.status, 2);
    QCOMPARE(run.err.count('\n'), 1);
}

void TestTokenize::saysWhichLineIsBad()
{
    const auto run =
        test::runProgram({ "tokenize", m_model, "--jsonl", "-" }, "{\"text\": \"a\"}\n{\"txt\": 1}\n");
    QCOMPARE(run.status, 1);
    QVERIFY2(run.err.contains("standard input, line 2") && run.err.contains("text"), qPrintable(run.err));
}

void TestTokenize::saysWhatTheFolderLacks()
{
    const QTemporaryDir empty;
    const auto run = test::runProgram({ "tokenize", empty.path(), "--text", "a" });
    QCOMPARE(run.status, 1);
    QVERIFY2(run.err.contains("tokenizer.json") && run.err.contains("vocab.txt"), qPrintable(run.err));
    QCOMPARE(run.err.count('\n'), 1);
}

HEADLIGHT_TEST_MAIN(TestTokenize)
#include "tst_tokenize.moc"
