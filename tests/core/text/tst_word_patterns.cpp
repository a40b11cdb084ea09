// The hand-made word finders against ICU's regular expressions on random texts.

#include "core/text/pattern.h"
#include "core/text/unicode.h"
#include "core/text/word_patterns.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;

class TestWordPatterns : public test::TestCase {
    Q_OBJECT
private slots:
    void agreeWithIcu_data();
    void agreeWithIcu();
};

void TestWordPatterns::agreeWithIcu_data()
{
    QTest::addColumn<QByteArray>("expression");
    for (const std::string_view expression : { words::gpt2, words::llama3, words::qwen2 })
        QTest::newRow(std::string(expression.substr(0, 40)).c_str())
            << QByteArray(expression.data(), qsizetype(expression.size()));
}

void TestWordPatterns::agreeWithIcu()
{
    QFETCH(QByteArray, expression);
    const FindWords byHand = wordFinder(expression.toStdString());
    QVERIFY(byHand);
    const auto icu =
        Pattern::regex("(?:" + expression.toStdString() + ")", { "test", "" }); // not known by heart
    QVERIFY(icu.hasValue());
    const std::u32string letters =
        U"abSTrReEvVlLmMdD'''   \t\n\r\n12390.,!?é\u0301ſñ日本٣½\u00a0\u2028\u200b\U0001F600";
    std::mt19937 random(5);
    for (int round = 0; round < 5000; ++round) {
        std::u32string text(random() % 30, U' ');
        for (char32_t& c : text)
            c = letters[random() % letters.size()];
        std::vector<Span> found;
        byHand(text, found);
        QVERIFY2(found == icu->matches(text), encodeUtf8(text).c_str());
    }
}

HEADLIGHT_TEST_MAIN(TestWordPatterns)
#include "tst_word_patterns.moc"
