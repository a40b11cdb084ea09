// SentencePiece model files against sentencepiece 0.1.97 (the C++ library): its own two test models on 40
// texts; how families number and frame the pieces (by transformers' documented layout); broken files.

#include "core/text/charsmap.h"
#include "core/text/sentencepiece/sentencepiece_model.h"
#include "tests/core/text/reference_case.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;
namespace fs = std::filesystem;
using test::ScratchFolder;
using test::writeBytes;

namespace {

const QString goldens = QStringLiteral("tests/golden/tokenizers/sentencepiece/");
using Ids = std::vector<std::int64_t>;

fs::path modelFile(const QString& name)
{
    return test::sourcePath(goldens + name + ".model").toStdString();
}

std::shared_ptr<const Tokenizer> opened(const fs::path& path)
{
    const auto tokenizer = Tokenizer::open(path);
    if (!tokenizer)
        qWarning("%s", tokenizer.error().message.c_str());
    return tokenizer ? *tokenizer : nullptr;
}

/// The Unigram test model under the name and with the settings of a family.
std::shared_ptr<const Tokenizer> asFamily(const ScratchFolder& folder, const char* file, const char* config)
{
    fs::copy_file(modelFile("unigram"), folder / file);
    writeBytes(folder / "tokenizer_config.json", config);
    return opened(folder.path());
}

std::string varint(std::uint64_t value)
{
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes.push_back(char(value | 0x80));
    bytes.push_back(char(value));
    return bytes;
}

std::string message(int number, const std::string& body)
{
    return varint(std::uint64_t(number) << 3 | 2) + varint(body.size()) + body;
}

} // namespace

class TestSentencePiece : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithReference_data();
    void agreesWithReference();
    void familiesFrameTheText_data();
    void familiesFrameTheText();
    void fairseqShiftsIds();
    void marianLooksPiecesUp();
    void bareModelsFindNothingButPieces();
    void cutOffFilesAreErrors();
    void mutatedFilesDoNotCrash();
    void hostileMessages_data();
    void hostileMessages();
    void brokenCharsmapIsTold();
};

void TestSentencePiece::agreesWithReference_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("Unigram") << "unigram";
    QTest::newRow("BPE") << "bpe";
}

void TestSentencePiece::agreesWithReference()
{
    QFETCH(QString, name);
    const auto tokenizer = opened(modelFile(name));
    QVERIFY(tokenizer);
    const Json expected = *readJson(test::sourcePath(goldens + name + ".json").toStdString());
    QCOMPARE(expected.at("cases").size(), 40u);
    for (const Json& one : expected.at("cases")) {
        const std::string text = one.at("text");
        const Encoding got = tokenizer->encode(text, std::nullopt, SpecialTokens::Leave);
        QCOMPARE(QString::fromStdString(Json(got.ids).dump()), QString::fromStdString(one.at("ids").dump()));
    }
}

void TestSentencePiece::familiesFrameTheText_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QStringList>("single");
    QTest::addColumn<QStringList>("pair");
    const auto row = [](const char* name, const char* file, const char* config, const char* single,
                         const char* pair) {
        QTest::newRow(name) << QByteArray(file) << QByteArray(config) << QString(single).split(' ')
                            << QString(pair).split(' ');
    };
    row("T5", "spiece.model", R"({"tokenizer_class": "T5Tokenizer"})", "▁I </s>", "▁I </s> ▁a </s>");
    row("XLM-R", "sentencepiece.bpe.model", R"({"tokenizer_class": "XLMRobertaTokenizer"})", "<s> ▁I </s>",
        "<s> ▁I </s> </s> ▁a </s>");
    row("mBART", "sentencepiece.bpe.model", R"({"tokenizer_class": "MBartTokenizer", "src_lang": "de_DE"})",
        "▁I </s> de_DE", "▁I ▁a </s> de_DE");
    row("mBART-50", "sentencepiece.bpe.model", R"({"tokenizer_class": "MBart50Tokenizer"})", "en_XX ▁I </s>",
        "en_XX ▁I ▁a </s>");
    row("Llama", "tokenizer.model", R"({"tokenizer_class": "LlamaTokenizer"})", "<s> ▁I", "<s> ▁I <s> ▁a");
    row("Llama with an end", "tokenizer.model",
        R"({"tokenizer_class": "LlamaTokenizer", "add_bos_token": false, "add_eos_token": true})", "▁I </s>",
        "▁I ▁a </s>");
}

void TestSentencePiece::familiesFrameTheText()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, config);
    QFETCH(QStringList, single);
    QFETCH(QStringList, pair);
    const ScratchFolder folder;
    const auto tokenizer = asFamily(folder, file.constData(), config.constData());
    QVERIFY(tokenizer);
    const auto tokens = [](const Encoding& encoding) {
        QStringList list;
        for (const std::string& token : encoding.tokens)
            list << QString::fromStdString(token);
        return list;
    };
    QCOMPARE(tokens(tokenizer->encode("I")), single);
    QCOMPARE(tokens(tokenizer->encode("I", "a")), pair);
    QCOMPARE(tokenizer->decode(tokenizer->encode("I saw it").ids), std::string("I saw it"));
}

/// <s> 0, <pad> 1, </s> 2, <unk> 3, then the file's pieces one further up, then <mask>.
void TestSentencePiece::fairseqShiftsIds()
{
    const ScratchFolder folder;
    const auto plain = opened(modelFile("unigram"));
    const auto tokenizer =
        asFamily(folder, "sentencepiece.bpe.model", R"({"tokenizer_class": "XLMRobertaTokenizer"})");
    QVERIFY(plain && tokenizer);
    QCOMPARE(tokenizer->id("<s>").value_or(-1), 0);
    QCOMPARE(tokenizer->id("<pad>").value_or(-1), 1);
    QCOMPARE(tokenizer->id("</s>").value_or(-1), 2);
    QCOMPARE(tokenizer->id("<unk>").value_or(-1), 3);
    QCOMPARE(tokenizer->id("<mask>").value_or(-1), plain->vocabularySize() + 1);
    Ids shifted = plain->encode("I saw a girl", std::nullopt, SpecialTokens::Leave).ids;
    for (std::int64_t& id : shifted)
        ++id;
    QCOMPARE(tokenizer->encode("I saw a girl", std::nullopt, SpecialTokens::Leave).ids, shifted);
    QCOMPARE(tokenizer->encode("a <mask>", std::nullopt, SpecialTokens::Leave).tokens.back(),
        std::string(" <mask>"));
}

void TestSentencePiece::marianLooksPiecesUp()
{
    const ScratchFolder folder;
    fs::copy_file(modelFile("unigram"), folder / "source.spm");
    fs::copy_file(modelFile("bpe"), folder / "target.spm");
    writeBytes(folder / "vocab.json",
        R"({"</s>": 0, "<unk>": 1, "▁I": 2, "▁a": 3, ">>fr<<": 4, "é": 5, "<pad>": 6, "▁th": 7})");
    const auto tokenizer = opened(folder.path());
    QVERIFY(tokenizer);
    QCOMPARE(tokenizer->encode("I a").ids, (Ids{ 2, 3, 0 }));
    QCOMPARE(tokenizer->encode(">>fr<< I").ids, (Ids{ 4, 2, 0 }));
    QCOMPARE(tokenizer->encode("Ié").ids.at(1), 5); // no piece of this model, but one of the other language
    QCOMPARE(tokenizer->decode(Ids{ 2, 3, 0 }), std::string("I a"));
    QVERIFY(&tokenizer->target() != tokenizer.get());
    QVERIFY(tokenizer->encode("th").ids != tokenizer->target().encode("th").ids);
    QCOMPARE(&tokenizer->target().target(), &tokenizer->target());
}

void TestSentencePiece::bareModelsFindNothingButPieces()
{
    const ScratchFolder folder;
    const auto plain = opened(modelFile("unigram"));
    const auto tokenizer =
        asFamily(folder, "spiece.model", R"({"tokenizer_class": "T5Tokenizer", "extra_ids": 3})");
    QVERIFY(plain && tokenizer);
    const auto count = [](const Tokenizer& t, const char* text) {
        return t.encode(text, std::nullopt, SpecialTokens::Leave).size();
    };
    QCOMPARE(count(*tokenizer, "</s>"), 1u);
    QVERIFY(count(*plain, "</s>") > 1);
    QCOMPARE(tokenizer->id("<extra_id_0>").value_or(-1), plain->vocabularySize() + 2);
    QCOMPARE(count(*tokenizer, "<extra_id_2>"), 1u);
}

void TestSentencePiece::cutOffFilesAreErrors()
{
    const std::string whole = test::readBytes(modelFile("unigram"));
    int errors = 0;
    for (std::size_t size = 0; size < whole.size(); size += 1 + size / 7) {
        const auto model = parseSentencePieceModel(std::string_view(whole).substr(0, size), "m");
        errors += model ? 0 : 1;
        if (!model)
            QVERIFY2(model.error().message.starts_with("m is no SentencePiece model"),
                model.error().message.c_str());
    }
    QVERIFY(errors > 50); // only a cut between two messages leaves a shorter model
}

void TestSentencePiece::mutatedFilesDoNotCrash()
{
    const std::string whole = test::readBytes(modelFile("bpe"));
    std::mt19937 random(17);
    const ScratchFolder folder;
    for (int round = 0; round < 150; ++round) {
        std::string bytes = whole;
        for (int changes = 0; changes < 4; ++changes)
            bytes[random() % (round % 2 ? bytes.size() : 600)] = char(random());
        writeBytes(folder / "tokenizer.model", bytes);
        if (const auto tokenizer = Tokenizer::open(folder.path()))
            (void)(*tokenizer)->decode((*tokenizer)->encode("I saw a girl with a telescope. é").ids);
        else
            QVERIFY(!tokenizer.error().message.empty());
    }
}

void TestSentencePiece::hostileMessages_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const std::string& bytes,
                         const char* says = "no SentencePiece model") {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString(says);
    };
    const std::string piece = message(1, message(1, "a") + varint(3 << 3) + varint(1));
    const std::string unknown = message(1, message(1, "<unk>") + varint(3 << 3) + varint(2));
    row("empty", "");
    row("text", "hello, this is no model");
    row("zeros", std::string(100, '\0'));
    row("length beyond the end", varint(1 << 3 | 2) + varint(1000) + "abc");
    row("length of 2^63", varint(1 << 3 | 2) + varint(std::uint64_t(1) << 63));
    row("varint without an end", std::string(64, '\xff'));
    row("a group", varint(1 << 3 | 3));
    row("type 99", message(1, message(1, "a") + varint(3 << 3) + varint(99)));
    row("no unknown piece", piece, "cannot spell");
    row("a word model", piece + unknown + message(2, varint(3 << 3) + varint(3)),
        "word models are not supported");
    row("a broken map", piece + unknown + message(3, message(2, "abcdefgh")), "character map");
}

void TestSentencePiece::hostileMessages()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, says);
    const ScratchFolder folder;
    writeBytes(folder / "tokenizer.model", bytes.toStdString());
    const auto tokenizer = Tokenizer::open(folder.path());
    QVERIFY(!tokenizer);
    QVERIFY2(
        QString::fromStdString(tokenizer.error().message).contains(says), tokenizer.error().message.c_str());
}

void TestSentencePiece::brokenCharsmapIsTold()
{
    for (const std::string& blob :
        { std::string("abc"), std::string("\xff\xff\xff\x7f", 4), std::string("\3\0\0\0abc", 7) })
        QVERIFY(!Charsmap::read(blob, "here"));
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) { // nonsense, but within bounds
        std::string blob("\0\1\0\0", 4);
        for (int i = 0; i < 300; ++i)
            blob.push_back(char(random()));
        const auto map = Charsmap::read(blob, "here");
        QVERIFY(map.hasValue());
        (void)map->longest(U"a\u0301bc\U0001F600");
    }
}

HEADLIGHT_TEST_MAIN(TestSentencePiece)
#include "tst_sentencepiece.moc"
