// Hostile texts and files: nothing crashes, every offset lies in the text, and errors are one clear sentence.
// Seeds are fixed, so a failure repeats.

#include "core/io/json.h"
#include "core/text/tokenizer.h"
#include "core/text/unicode.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;
namespace fs = std::filesystem;

namespace {

using Random = std::mt19937;

int below(Random& random, int limit)
{
    return int(random() % std::uint32_t(limit));
}

std::string randomBytes(Random& random)
{
    std::string bytes(std::size_t(below(random, 200)), ' ');
    for (char& byte : bytes)
        byte = char(below(random, 4) == 0 ? below(random, 128) : below(random, 256));
    return bytes;
}

std::string randomUnicode(Random& random)
{
    std::string text;
    for (int i = below(random, 120); i > 0; --i) {
        const int limits[] = { 0x80, 0x370, 0x3000, 0x10000, 0x110000 };
        const auto c = char32_t(below(random, limits[below(random, 5)]));
        appendUtf8(text, c >= 0xd800 && c < 0xe000 ? U'\u0301' : c);
        if (below(random, 8) == 0)
            text += below(random, 2) ? "[MASK]" : " naïve ";
    }
    return text;
}

/// Without the safety of writeFile, which waits for the disk each time; overwriting in place may wait as
/// well.
void put(const fs::path& path, const std::string& content)
{
    QFile file(QString::fromStdString(path.string()));
    file.remove();
    if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::fromStdString(content)) < 0)
        qFatal("cannot write into a temporary folder");
}

void checkEncoding(const Encoding& e, const std::string& text, const Tokenizer& tokenizer)
{
    const int length = int(decodeUtf8(text).size());
    QCOMPARE(e.tokens.size(), e.size());
    QCOMPARE(e.offsets.size(), e.size());
    QCOMPARE(e.wordIndex.size(), e.size());
    int lastBegin = 0, lastWord = -1;
    for (std::size_t i = 0; i < e.size(); ++i) {
        QVERIFY(e.ids[i] >= 0 && e.ids[i] < tokenizer.vocabularySize());
        if (e.specialMask[i])
            continue;
        const auto [begin, end] = e.offsets[i];
        QVERIFY(begin >= lastBegin && begin < end && end <= length);
        QVERIFY(e.wordIndex[i] == lastWord || e.wordIndex[i] == lastWord + 1);
        lastBegin = begin;
        lastWord = e.wordIndex[i];
    }
}

/// Changes, drops or doubles bytes; now and then swaps in a word that means something to a reader of the
/// file.
std::string mutated(std::string bytes, Random& random)
{
    const char* const words[] = { "null", "-1", "99999999999999999999", "\"\"", "{}", "[]", "1e300", "true",
        "\\ud800", "\xff" };
    for (int changes = 1 + below(random, 4); changes > 0; --changes) {
        const QByteArray all = QByteArray::fromStdString(bytes);
        const qsizetype at = below(random, int(all.size())), length = below(random, 12);
        const QByteArray inserted[] = { QByteArray(1, char(below(random, 256))), {},
            all.mid(below(random, int(all.size())), length), words[below(random, 10)] };
        const int kind = below(random, 4);
        const qsizetype dropped = kind == 2 ? 0 : kind == 0 ? 1 : length;
        bytes = (all.left(at) + inserted[kind] + all.mid(at + dropped)).toStdString() + ' ';
    }
    return bytes;
}

} // namespace

class TestTokenizerRobustness : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void randomTexts_data();
    void randomTexts();
    void longTexts();
    void mutatedTokenizerJson_data();
    void mutatedTokenizerJson();
    void mutatedConfigFiles();
    void hostileFiles_data();
    void hostileFiles();

private:
    std::shared_ptr<const Tokenizer> m_tokenizer;
};

void TestTokenizerRobustness::initTestCase()
{
    const auto opened =
        Tokenizer::open(test::sourcePath("tests/golden/tokenizers/bert-base-uncased").toStdString());
    QVERIFY(opened.hasValue());
    m_tokenizer = *opened;
}

void TestTokenizerRobustness::randomTexts_data()
{
    QTest::addColumn<bool>("unicode");
    QTest::newRow("bytes") << false;
    QTest::newRow("code points") << true;
}

void TestTokenizerRobustness::randomTexts()
{
    QFETCH(bool, unicode);
    Random random(7);
    for (int round = 0; round < 3000; ++round) {
        const std::string text = unicode ? randomUnicode(random) : randomBytes(random);
        const Encoding encoding = m_tokenizer->encode(text);
        checkEncoding(encoding, text, *m_tokenizer);
        if (QTest::currentTestFailed())
            QFAIL(qPrintable(
                QString("text of round %1: ").arg(round) + QByteArray::fromStdString(text).toHex()));
        (void)m_tokenizer->decode(encoding.ids);
    }
}

void TestTokenizerRobustness::longTexts()
{
    const std::string word(1 << 20, 'a'), marks = ("e" + QString(1 << 16, QChar(0x301))).toStdString();
    QCOMPARE(m_tokenizer->encode(word).tokens, (std::vector<std::string>{ "[CLS]", "[UNK]", "[SEP]" }));
    QCOMPARE(m_tokenizer->encode(marks).tokens, (std::vector<std::string>{ "[CLS]", "e", "[SEP]" }));
    QCOMPARE(m_tokenizer->encode(std::string(1 << 18, '.')).size(), std::size_t((1 << 18) + 2));
}

void TestTokenizerRobustness::mutatedTokenizerJson_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("rounds");
    QTest::newRow("WordPiece") << "bert-base-cased" << 1500;
    QTest::newRow("byte-level BPE") << "clip-cut" << 300;
    QTest::newRow("SentencePiece BPE") << "stories260K" << 1000;
    QTest::newRow("Unigram") << "t5-cut" << 60;
}

void TestTokenizerRobustness::mutatedTokenizerJson()
{
    QFETCH(QString, name);
    QFETCH(int, rounds);
    Json small =
        *readJson(test::sourcePath("tests/golden/tokenizers/" + name + "/tokenizer.json").toStdString());
    Json& vocabulary = small["model"]["vocab"];
    for (auto it = vocabulary.begin(); name.startsWith("bert") && it != vocabulary.end();)
        it = it.value().get<int>() > 150 ? vocabulary.erase(it) : std::next(it);
    const std::string bytes = small.dump();
    const QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    Random random(11);
    int opened = 0;
    for (int round = 0; round < rounds; ++round) {
        put(folder / "tokenizer.json", mutated(bytes, random));
        const auto tokenizer = Tokenizer::open(folder);
        if (tokenizer) {
            ++opened;
            (void)(*tokenizer)->decode((*tokenizer)->encode("A [MASK] naïve!", "b").ids);
        } else {
            QVERIFY(!tokenizer.error().message.empty());
        }
    }
    QVERIFY(opened > 0 && opened < rounds); // both ways were walked
}

void TestTokenizerRobustness::mutatedConfigFiles()
{
    const std::string config =
        R"({"do_lower_case": false, "model_max_length": 512, "cls_token": {"content": "[CLS]"},
        "added_tokens_decoder": {"5": {"content": "x", "lstrip": true, "special": false}}, "strip_accents": null})";
    const QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    put(folder / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\r\na\nx\n##b");
    Random random(13);
    for (int round = 0; round < 1500; ++round) {
        put(folder / "tokenizer_config.json", mutated(config, random));
        put(folder / "added_tokens.json", mutated(R"({"<y>": 7, "": 8})", random));
        if (const auto tokenizer = Tokenizer::open(folder))
            (void)(*tokenizer)->encode("ab x <y>");
    }
}

void TestTokenizerRobustness::hostileFiles_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("names");
    const auto json = [](const char* name, const QByteArray& content, const char* names) {
        QTest::newRow(name) << QByteArray("tokenizer.json") << content << QString(names);
    };
    json("empty", "", "tokenizer.json");
    json("not JSON", "hello", "tokenizer.json");
    json("a list", "[]", "describes no tokenizer");
    json("no model", "{}", "model");
    json("deep nesting", QByteArray(100000, '[') + QByteArray(100000, ']'), "tokenizer.json");
    QByteArray nested = R"({"type": "NFC"})";
    for (int i = 0; i < 2000; ++i)
        nested = R"({"type": "Sequence", "normalizers": [)" + nested + "]}";
    json("sequence in a sequence", R"({"model": {"vocab": {"[UNK]": 0}}, "normalizer": )" + nested + "}",
        "deeper");
    json("huge id", R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": 99999999999}}})", "99999999999");
    json("negative id", R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": -1}}})", "-1");
    json("id is a text", R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": "0"}}})", "[UNK]");
    json("id is a list", R"({"model": {"type": "WordPiece", "vocab": {"[UNK]": [0]}}})", "[UNK]");
    json("merge of three", R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a a"]}})", "merge 0");
    json("merge of a list", R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", 1]]}})", "merge 0");
    json("merge that makes no token", R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]}})",
        "\"aa\"");
    json("Unigram without scores", R"({"model": {"type": "Unigram", "unk_id": 0, "vocab": [["a"]]}})", "\"a\"");
    json("Unigram without a vocabulary", R"({"model": {"type": "Unigram", "vocab": []}})", "scores");
    json("unknown id beyond the vocabulary", R"({"model": {"type": "Unigram", "unk_id": 7, "vocab": [["a", 0]]}})",
        "unk_id");
    json("character map that is no Base64", R"({"model": {"type": "WordLevel", "vocab": {"a": 0}}, "normalizer":
        {"type": "Precompiled", "precompiled_charsmap": "???"}})",
        "Base64");
    json("character map that is cut off", R"({"model": {"type": "WordLevel", "vocab": {"a": 0}}, "normalizer":
        {"type": "Precompiled", "precompiled_charsmap": "/////w=="}})",
        "character map");
    QTest::newRow("ranks that are none") << QByteArray("x.tiktoken") << QByteArray("IQ== 0\nIg== x\n")
                                         << QString("line 2");
    QTest::newRow("vocab.json of nothing") << QByteArray("vocab.json") << QByteArray("{}") << QString("object");
    json("vocabulary is a list", R"({"model": {"type": "WordPiece", "vocab": ["[UNK]"]}})", "[UNK]");
    QTest::newRow("empty vocab.txt") << QByteArray("vocab.txt") << QByteArray() << QString("[CLS]");
    QTest::newRow("vocab.txt of another kind")
        << QByteArray("vocab.txt") << QByteArray("a\nb\n") << QString("[CLS]");
}

void TestTokenizerRobustness::hostileFiles()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, content);
    QFETCH(QString, names);
    const QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    put(folder / file.toStdString(), content.toStdString());
    const auto tokenizer = Tokenizer::open(folder);
    QVERIFY(!tokenizer);
    const QString message = QString::fromStdString(tokenizer.error().message);
    QVERIFY2(message.contains(names), qPrintable(message));
    QVERIFY2(message.size() < 400 + dir.path().size(), qPrintable(message));
}

HEADLIGHT_TEST_MAIN(TestTokenizerRobustness)
#include "tst_tokenizer_robustness.moc"
