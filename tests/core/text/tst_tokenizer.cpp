// BERT tokenizers against the Rust Hugging Face `tokenizers` library (@anush008/tokenizers 0.6.0): 40 texts
// and 4 pairs per vocabulary, every field, from both file formats.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/tokenizer.h"
#include "tests/support/test_main.h"

using namespace headlight;
namespace fs = std::filesystem;

namespace {

fs::path goldenFolder(const char* name)
{
    return test::sourcePath(QStringLiteral("tests/golden/tokenizers/") + name).toStdString();
}

std::string json(const Json& value)
{
    return value.dump(-1, ' ', true);
}

/// -1, this program's word for "none", as the reference writes it.
Json withNulls(const std::vector<int>& values)
{
    Json list = Json::array();
    for (const int value : values)
        list.push_back(value < 0 ? Json() : Json(value));
    return list;
}

} // namespace

class TestTokenizer : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithReference_data();
    void agreesWithReference();
    void readsIllFormedUtf8AsReplacementCharacters();
    void offsetsCountCodePoints();
    void knowsItsSpecialTokens();
    void tokensAndIdsAreInverse();
    void decodingSkipsUnknownIds();
    void missingFilesAreNamed();

private:
    static void compareCase(const Tokenizer& tokenizer, const Json& expected);
    static void comparePair(const Tokenizer& tokenizer, const Json& expected);
};

void TestTokenizer::agreesWithReference_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("onlyVocabulary");
    for (const char* name : { "bert-base-uncased", "bert-base-cased" }) {
        QTest::addRow("%s, tokenizer.json", name) << name << false;
        QTest::addRow("%s, vocab.txt", name) << name << true;
    }
}

void TestTokenizer::compareCase(const Tokenizer& tokenizer, const Json& expected)
{
    const std::string text = expected.at("text");
    const Encoding got = tokenizer.encode(text);
    QCOMPARE(json(got.ids), json(expected.at("ids")));
    QCOMPARE(json(got.tokens), json(expected.at("tokens")));
    QCOMPARE(json(got.offsets), json(expected.at("offsets")));
    QCOMPARE(json(withNulls(got.wordIndex)), json(expected.at("word_ids")));
    QCOMPARE(json(got.specialMask), json(expected.at("special_tokens_mask")));
    QCOMPARE(got.typeIds, std::vector<std::int64_t>(got.size(), 0));
    QCOMPARE(json(tokenizer.encode(text, std::nullopt, SpecialTokens::Leave).ids),
        json(expected.at("ids_no_special")));
    QCOMPARE(
        tokenizer.decode(got.ids, SkipSpecial::Yes), expected.at("decoded_skip_special").get<std::string>());
    QCOMPARE(
        tokenizer.decode(got.ids, SkipSpecial::No), expected.at("decoded_keep_special").get<std::string>());
}

void TestTokenizer::comparePair(const Tokenizer& tokenizer, const Json& expected)
{
    const std::string text = expected.at("text"), pair = expected.at("text_pair");
    const Encoding got = tokenizer.encode(text, pair);
    QCOMPARE(json(got.ids), json(expected.at("ids")));
    QCOMPARE(json(got.tokens), json(expected.at("tokens")));
    QCOMPARE(json(got.offsets), json(expected.at("offsets")));
    QCOMPARE(json(got.typeIds), json(expected.at("type_ids")));
    QCOMPARE(json(got.specialMask), json(expected.at("special_tokens_mask")));
    QCOMPARE(json(withNulls(got.sequenceIndex)), json(expected.at("sequence_ids")));
}

void TestTokenizer::agreesWithReference()
{
    QFETCH(QString, name);
    QFETCH(bool, onlyVocabulary);
    const fs::path source = goldenFolder(name.toUtf8());
    const QTemporaryDir copy;
    const fs::path folder = onlyVocabulary ? fs::path(copy.path().toStdString()) : source;
    if (onlyVocabulary)
        for (const char* file : { "vocab.txt", "tokenizer_config.json" })
            fs::copy_file(source / file, folder / file);
    const auto tokenizer = Tokenizer::open(folder);
    QVERIFY2(tokenizer.hasValue(), tokenizer ? "" : tokenizer.error().message.c_str());
    const auto expected = readJson(source / "expected.json");
    QVERIFY(expected.hasValue());
    QCOMPARE(expected->at("cases").size(), 40u);
    for (const Json& one : expected->at("cases"))
        compareCase(**tokenizer, one);
    for (const Json& one : expected->at("pairs"))
        comparePair(**tokenizer, one);
}

void TestTokenizer::readsIllFormedUtf8AsReplacementCharacters()
{
    const auto tokenizer = Tokenizer::open(goldenFolder("bert-base-uncased"));
    QVERIFY(tokenizer.hasValue());
    // BERT drops U+FFFD, yet each counts in the offsets; a cut-off sequence of three bytes is one of them.
    const Encoding got = (*tokenizer)->encode("a\xff\xe2\x82 cat", std::nullopt, SpecialTokens::Leave);
    QCOMPARE(got.tokens, (std::vector<std::string>{ "a", "cat" }));
    QCOMPARE(got.offsets, (std::vector<std::pair<int, int>>{ { 0, 1 }, { 4, 7 } }));
}

void TestTokenizer::offsetsCountCodePoints()
{
    const auto tokenizer = Tokenizer::open(goldenFolder("bert-base-uncased"));
    QVERIFY(tokenizer.hasValue());
    const Encoding got =
        (*tokenizer)->encode("\U0001F600 nai\u0308ve caf\u00e9", std::nullopt, SpecialTokens::Leave);
    QCOMPARE(got.tokens, (std::vector<std::string>{ "[UNK]", "naive", "cafe" }));
    QCOMPARE(got.offsets, (std::vector<std::pair<int, int>>{ { 0, 1 }, { 2, 8 }, { 9, 13 } }));
}

void TestTokenizer::knowsItsSpecialTokens()
{
    const auto opened = Tokenizer::open(goldenFolder("bert-base-uncased"));
    QVERIFY(opened.hasValue());
    const Tokenizer& tokenizer = **opened;
    QCOMPARE(tokenizer.special().cls.value_or(-1), 101);
    QCOMPARE(tokenizer.special().sep.value_or(-1), 102);
    QCOMPARE(tokenizer.special().pad.value_or(-1), 0);
    QCOMPARE(tokenizer.special().unk.value_or(-1), 100);
    QCOMPARE(tokenizer.special().mask.value_or(-1), 103);
    QVERIFY(!tokenizer.special().bos);
    QCOMPARE(tokenizer.maximumLength().value_or(-1), 512);
    QVERIFY(tokenizer.isSpecial(103));
    QVERIFY(!tokenizer.isSpecial(1996));
}

void TestTokenizer::tokensAndIdsAreInverse()
{
    const auto tokenizer = Tokenizer::open(goldenFolder("bert-base-uncased"));
    QVERIFY(tokenizer.hasValue());
    QCOMPARE((*tokenizer)->vocabularySize(), 30522);
    for (std::int64_t id = 0; id < 30522; ++id)
        QCOMPARE((*tokenizer)->id((*tokenizer)->token(id)).value_or(-1), id);
    QCOMPARE((*tokenizer)->token(-1), std::string());
    QCOMPARE((*tokenizer)->token(30522), std::string());
    QVERIFY(!(*tokenizer)->id("no such token"));
}

void TestTokenizer::decodingSkipsUnknownIds()
{
    const auto tokenizer = Tokenizer::open(goldenFolder("bert-base-uncased"));
    QVERIFY(tokenizer.hasValue());
    const std::vector<std::int64_t> ids{ 101, 1996, -5, 4937, std::int64_t(1) << 60, 102 };
    QCOMPARE((*tokenizer)->decode(ids), std::string("the cat"));
}

void TestTokenizer::missingFilesAreNamed()
{
    const QTemporaryDir empty;
    const auto nothing = Tokenizer::open(empty.path().toStdString());
    QVERIFY(!nothing);
    QCOMPARE(nothing.error().kind, ErrorKind::NotFound);
    QVERIFY(nothing.error().message.find("tokenizer.json") != std::string::npos);
    QVERIFY(nothing.error().message.find("vocab.txt") != std::string::npos);
    const auto nowhere = Tokenizer::open("/no/such/folder");
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().kind, ErrorKind::NotFound);
}

HEADLIGHT_TEST_MAIN(TestTokenizer)
#include "tst_tokenizer.moc"
