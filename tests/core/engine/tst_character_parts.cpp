// Tokens that are parts of a character, by the bytes of UTF-8: the fox is F0 9F A6 8A, 字 is E5 AD 97.

#include "core/engine/character_parts.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestCharacterParts : public test::TestCase {
    Q_OBJECT
private slots:
    void partsAreNumbered_data();
    void partsAreNumbered();
    void specialTokensEndACharacter();

private:
    static std::vector<TokenInfo> named(const TokenBytes& bytes)
    {
        std::vector<TokenInfo> tokens(bytes.size());
        for (std::size_t i = 0; i < bytes.size(); ++i)
            tokens[i].label = tokens[i].piece = "as it was";
        nameCharacterParts(tokens, bytes);
        return tokens;
    }
};

void TestCharacterParts::partsAreNumbered_data()
{
    QTest::addColumn<QByteArrayList>("bytes");
    QTest::addColumn<QStringList>("labels");
    QTest::addColumn<QString>("word"); ///< what the tokens are put together
    using B = QByteArrayList;
    QTest::newRow("two halves") << B { "\xF0\x9F", "\xA6\x8A" } << QStringList { "🦊¹⁄₂", "🦊²⁄₂" } << "🦊";
    QTest::newRow("a byte each") << B { "\xE5", "\xAD", "\x97" } << QStringList { "字¹⁄₃", "字²⁄₃", "字³⁄₃" } << "字";
    QTest::newRow("behind a space") << B { " \xF0\x9F", "\xA6", "\x8A" } << QStringList { "🦊¹⁄₃", "🦊²⁄₃", "🦊³⁄₃" }
                                    << "🦊";
    QTest::newRow("beside whole ones") << B { "a\xE5\xAD", "\x97" "b" } << QStringList { "a字¹⁄₂", "字²⁄₂b" } << "a字b";
    QTest::newRow("two characters over three")
        << B { "\xE5\xAD", "\x97\xE5", "\xAD\x97" } << QStringList { "字¹⁄₂", "字²⁄₂字¹⁄₂", "字²⁄₂" } << "字字";
    QTest::newRow("never ends") << B { "\xF0\x9F", "a" } << QStringList { "<0xF0><0x9F>", "as it was" } << "";
    QTest::newRow("no beginning") << B { "\xA6\x8A" } << QStringList { "<0xA6><0x8A>" } << "";
    QTest::newRow("whole ones stay") << B { "🦊", "é" } << QStringList { "as it was", "as it was" } << "";
}

void TestCharacterParts::partsAreNumbered()
{
    QFETCH(QByteArrayList, bytes);
    QFETCH(QStringList, labels);
    QFETCH(QString, word);
    TokenBytes given;
    for (const QByteArray& one : bytes)
        given.push_back(one.toStdString());
    QStringList found;
    QString together;
    for (const TokenInfo& token : named(given)) {
        found << QString::fromStdString(token.label);
        together += QString::fromStdString(token.inWord.value_or(""));
    }
    QCOMPARE(found, labels);
    QCOMPARE(together, word);
}

void TestCharacterParts::specialTokensEndACharacter()
{
    const auto tokens = named({ "\xE5\xAD", "", "\x97" });
    QCOMPARE(tokens[0].label, std::string("<0xE5><0xAD>"));
    QCOMPARE(tokens[1].label, std::string("as it was"));
    QCOMPARE(tokens[2].label, std::string("<0x97>"));
}

HEADLIGHT_TEST_MAIN(TestCharacterParts)
#include "tst_character_parts.moc"
