// Normal forms and where their characters came from. Texts by Unicode Standard Annex 15 (its figures 3 to 6
// and 1.3); that newer characters are left alone follows Hugging Face's tokenizers, which use the tables of
// Unicode 9.

#include "core/text/normalized_string.h"
#include "core/text/unicode.h"
#include "core/text/unicode_form.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestUnicodeForm : public test::TestCase {
    Q_OBJECT
private slots:
    void text_data();
    void text();
    void composedCharactersKnowTheirParts();
    void decomposedPartsShareTheirOrigin();
    void removedCharactersLeaveTheOthersInPlace();
    void replacedTextStandsOnTheLastCharacter();
    void illFormedUtf8_data();
    void illFormedUtf8();
    void classesAreThoseOfTheReference_data();
    void classesAreThoseOfTheReference();
    void lowerCaseLooksAtOneCharacter();
};

void TestUnicodeForm::text_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("nfd");
    QTest::addColumn<QString>("nfc");
    QTest::addColumn<QString>("nfkd");
    QTest::addColumn<QString>("nfkc");
    const auto S = [](const char16_t* text) { return QString::fromUtf16(text); };
    QTest::newRow("angstrom sign") << S(u"\u212b") << S(u"A\u030a") << S(u"\u00c5") << S(u"A\u030a")
                                   << S(u"\u00c5");
    QTest::newRow("two marks") << S(u"\u1e9b\u0323") << S(u"\u017f\u0323\u0307") << S(u"\u1e9b\u0323")
                               << S(u"s\u0323\u0307") << S(u"\u1e69");
    QTest::newRow("marks out of order") << S(u"q\u0307\u0323") << S(u"q\u0323\u0307") << S(u"q\u0323\u0307")
                                        << S(u"q\u0323\u0307") << S(u"q\u0323\u0307");
    QTest::newRow("ligature") << S(u"\ufb01") << S(u"\ufb01") << S(u"\ufb01") << S(u"fi") << S(u"fi");
    QTest::newRow("superscript") << S(u"2\u2075") << S(u"2\u2075") << S(u"2\u2075") << S(u"25") << S(u"25");
    QTest::newRow("hangul") << S(u"\ud55c") << S(u"\u1112\u1161\u11ab") << S(u"\ud55c")
                            << S(u"\u1112\u1161\u11ab") << S(u"\ud55c");
    QTest::newRow("blocked mark") << S(u"a\u0308\u0301\u0323") << S(u"a\u0323\u0308\u0301")
                                  << S(u"\u1ea1\u0308\u0301") << S(u"a\u0323\u0308\u0301")
                                  << S(u"\u1ea1\u0308\u0301");
    QTest::newRow("excluded composition") << S(u"\u0958") << S(u"\u0915\u093c") << S(u"\u0915\u093c")
                                          << S(u"\u0915\u093c") << S(u"\u0915\u093c");
    QTest::newRow("newer than Unicode 9")
        << S(u"\u32ff") << S(u"\u32ff") << S(u"\u32ff") << S(u"\u32ff") << S(u"\u32ff");
}

void TestUnicodeForm::text()
{
    QFETCH(QString, source);
    for (const auto& [form, name] : { std::pair{ UnicodeForm::NFD, "nfd" }, { UnicodeForm::NFC, "nfc" },
             { UnicodeForm::NFKD, "nfkd" }, { UnicodeForm::NFKC, "nfkc" } }) {
        NormalizedString text(source.toStdU32String());
        applyUnicodeForm(text, form);
        QCOMPARE(QString::fromStdU32String(text.text()),
            *static_cast<QString*>(QTest::qData(name, qMetaTypeId<QString>())));
    }
}

void TestUnicodeForm::composedCharactersKnowTheirParts()
{
    NormalizedString text(U"xe\u0301y");
    applyUnicodeForm(text, UnicodeForm::NFC);
    QCOMPARE(text.text(), std::u32string(U"x\u00e9y"));
    QVERIFY(text.origin(1, 2) == (Span{ 1, 2 })); // the reference gives the first part's place
    QVERIFY(text.origin(2, 3) == (Span{ 3, 4 }));
}

void TestUnicodeForm::decomposedPartsShareTheirOrigin()
{
    NormalizedString text(U"x\ud55cy");
    applyUnicodeForm(text, UnicodeForm::NFD);
    QCOMPARE(text.size(), std::size_t(5));
    for (std::size_t i = 1; i < 4; ++i)
        QVERIFY(text.origin(i, i + 1) == (Span{ 1, 2 }));
    QVERIFY(text.origin(0, 5) == (Span{ 0, 3 }));
}

void TestUnicodeForm::removedCharactersLeaveTheOthersInPlace()
{
    NormalizedString text(U"abcd", 10);
    text.filter([](char32_t c) { return c != U'b'; });
    QCOMPARE(text.text(), std::u32string(U"acd"));
    QVERIFY(text.origin(1, 2) == (Span{ 12, 13 }));
    QVERIFY(text.origin(0, 2) == (Span{ 10, 13 }));
    QVERIFY(text.origin(2, 2) == (Span{ 13, 13 }));
}

void TestUnicodeForm::replacedTextStandsOnTheLastCharacter()
{
    NormalizedString text(U"a``b");
    text.replace(1, 3, U"xyz");
    QCOMPARE(text.text(), std::u32string(U"axyzb"));
    QVERIFY(text.origin(1, 2) == (Span{ 2, 3 }));
    QVERIFY(text.origin(3, 4) == (Span{ 2, 3 }));
    QVERIFY(text.origin(4, 5) == (Span{ 3, 4 }));
}

void TestUnicodeForm::illFormedUtf8_data()
{
    // Unicode Standard 15, tables 3-8 to 3-11: U+FFFD per maximal ill-formed part.
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("text");
    const QChar r(0xfffd);
    QTest::newRow("non-shortest forms")
        << QByteArray("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41") << QString(8, r) + 'A';
    QTest::newRow("surrogates") << QByteArray("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41") << QString(8, r) + 'A';
    QTest::newRow("other ill-formed")
        << QByteArray("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42") << QString(5, r) + 'A' + r + r + 'B';
    QTest::newRow("truncated") << QByteArray("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41") << QString(4, r) + 'A';
    QTest::newRow("cut at the end") << QByteArray("a\xf0\x9f\x98") << QString("a") + r;
}

void TestUnicodeForm::illFormedUtf8()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdU32String(decodeUtf8({ bytes.data(), std::size_t(bytes.size()) })), text);
}

void TestUnicodeForm::classesAreThoseOfTheReference_data()
{
    QTest::addColumn<uint>("c");
    QTest::addColumn<QString>("classes"); // p punctuation, n nonspacing mark, m mark, c control
    QTest::newRow("dollar") << 0x24u << "p";
    QTest::newRow("left guillemet") << 0xabu << "p";
    QTest::newRow("euro, a symbol") << 0x20acu << "";
    QTest::newRow("acute") << 0x301u << "nm";
    QTest::newRow("enclosing circle") << 0x20ddu << "m";
    QTest::newRow("soft hyphen") << 0xadu << "c";
    QTest::newRow("private use") << 0xe000u << "c";
    QTest::newRow("unassigned") << 0x378u << "";
    QTest::newRow("punctuation in Unicode 8, a symbol today") << 0x166du << "p";
    QTest::newRow("punctuation in Unicode 8, a mark today") << 0x111c9u << "p";
    QTest::newRow("nonspacing in Unicode 8, spacing today") << 0x1734u << "nm";
    QTest::newRow("letter in Unicode 8, a mark since 9") << 0x1885u << "m";
    QTest::newRow("mark of Unicode 14") << 0x1ac7u << "";
    QTest::newRow("punctuation of Unicode 9") << 0x2e43u << "";
}

void TestUnicodeForm::classesAreThoseOfTheReference()
{
    QFETCH(uint, c);
    QFETCH(QString, classes);
    QString found;
    found += isPunctuation(c) ? "p" : "";
    found += isNonspacingMark(c) ? "n" : "";
    found += isMark(c) ? "m" : "";
    found += isControl(c) ? "c" : "";
    QCOMPARE(found, classes);
}

void TestUnicodeForm::lowerCaseLooksAtOneCharacter()
{
    NormalizedString text(U"ΟΔΟΣ İ");
    applyLowerCase(text);
    QCOMPARE(text.text(), std::u32string(U"οδοσ i\u0307"));
    QVERIFY(text.origin(6, 7) == (Span{ 5, 6 }));
}

HEADLIGHT_TEST_MAIN(TestUnicodeForm)
#include "tst_unicode_form.moc"
