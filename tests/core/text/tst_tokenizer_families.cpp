// tokenizer.json and the older forms of byte-level, SentencePiece-like and CTC tokenizers against the Rust
// Hugging Face `tokenizers` library (@anush008/tokenizers 0.6.0): random combinations of parts
// (families.json), and the real files of six models with their vocabularies cut (*-cut).

#include "tests/core/text/reference_case.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

using namespace headlight;
namespace fs = std::filesystem;
using test::ScratchFolder;
using test::writeBytes;

namespace {

const QString goldens = QStringLiteral("tests/golden/tokenizers/");

Json readGolden(const QString& path)
{
    return *readJson(test::sourcePath(goldens + path).toStdString());
}

QString shown(const Json& value)
{
    return QString::fromStdString(value.dump(-1, ' ', true));
}

std::shared_ptr<const Tokenizer> opened(const fs::path& path)
{
    const auto tokenizer = Tokenizer::open(path);
    if (!tokenizer)
        qWarning("%s", tokenizer.error().message.c_str());
    return tokenizer ? *tokenizer : nullptr;
}

/// Every field of every case.
void compare(const Tokenizer& tokenizer, const Json& cases)
{
    for (const Json& expected : cases)
        QCOMPARE(shown(test::answered(tokenizer, expected)), shown(expected));
}

/// vocab.json and merges.txt from tokenizer.json, as the older tokenizers save them.
void writeOlderForm(const Json& file, const ScratchFolder& folder)
{
    Json vocabulary = file.at("model").at("vocab");
    writeBytes(folder / "vocab.json", vocabulary.dump());
    std::string merges = "#version: 0.2\n";
    for (const Json& merge : file.at("model").at("merges"))
        merges += merge.is_string() ? merge.get<std::string>() + '\n'
                                    : merge[0].get<std::string>() + ' ' + merge[1].get<std::string>() + '\n';
    writeBytes(folder / "merges.txt", merges);
    Json added = Json::object();
    for (const Json& token : file.at("added_tokens"))
        added[token.at("content").get<std::string>()] = token.at("id");
    writeBytes(folder / "added_tokens.json", added.dump());
}

} // namespace

class TestTokenizerFamilies : public test::TestCase {
    Q_OBJECT
private slots:
    void combinations_data();
    void combinations();
    void cutModels_data();
    void cutModels();
    void olderForms_data();
    void olderForms();
    void ctcVocabulary();
    void rankFile();
    void brokenMergesAreTold();
};

void TestTokenizerFamilies::combinations_data()
{
    QTest::addColumn<int>("index");
    const int count = int(readGolden("families.json").at("tokenizers").size());
    QVERIFY(count >= 30);
    for (int i = 0; i < count; ++i)
        QTest::addRow("combination %d", i) << i;
}

void TestTokenizerFamilies::combinations()
{
    QFETCH(int, index);
    static const Json all = readGolden("families.json");
    const Json& golden = all.at("tokenizers").at(std::size_t(index));
    QString file = QString::fromStdString(golden.at("tokenizer").dump());
    file.replace(R"("precompiled_charsmap":"@")",
        R"("precompiled_charsmap":")" + QString::fromStdString(all.at("charsmap")) + '"');
    const ScratchFolder folder;
    writeBytes(folder / "tokenizer.json", file.toStdString());
    const auto tokenizer = opened(folder.path());
    QVERIFY(tokenizer);
    compare(*tokenizer, golden.at("cases"));
}

void TestTokenizerFamilies::cutModels_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "gpt2", "roberta-base", "clip", "whisper", "pythia", "t5" })
        QTest::newRow(name) << QString(name) + "-cut";
    QTest::newRow("stories260K") << "stories260K";
}

void TestTokenizerFamilies::cutModels()
{
    QFETCH(QString, name);
    const auto tokenizer = opened(test::sourcePath(goldens + name).toStdString());
    QVERIFY(tokenizer);
    const Json expected = readGolden(name + "/expected.json");
    if (name != "stories260K") {
        compare(*tokenizer, expected.at("cases"));
        return;
    }
    for (const Json& one : expected.at("cases")) { // these say less of a case
        const Json got = test::answered(*tokenizer, one);
        for (const char* field : { "ids", "tokens", "offsets", "decoded_skip_special" })
            QCOMPARE(shown(got.at(field)), shown(one.at(field)));
    }
}

void TestTokenizerFamilies::olderForms_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("config");
    QTest::newRow("gpt2, by its content") << "gpt2-cut" << QByteArray("{}");
    QTest::newRow("gpt2, by its class")
        << "gpt2-cut" << QByteArray(R"({"tokenizer_class": "GPT2TokenizerFast"})");
    QTest::newRow("roberta, by its content") << "roberta-base-cut" << QByteArray("{}");
    QTest::newRow("roberta, as BART")
        << "roberta-base-cut" << QByteArray(R"({"tokenizer_class": "BartTokenizer"})");
    QTest::newRow("clip, by its content") << "clip-cut" << QByteArray("{}");
    QTest::newRow("clip, by its class")
        << "clip-cut" << QByteArray(R"({"tokenizer_class": "CLIPTokenizer"})");
    QTest::newRow("whisper, by its class")
        << "whisper-cut" << QByteArray(R"({"tokenizer_class": "WhisperTokenizer"})");
}

void TestTokenizerFamilies::olderForms()
{
    QFETCH(QString, name);
    QFETCH(QByteArray, config);
    const ScratchFolder folder;
    writeOlderForm(readGolden(name + "/tokenizer.json"), folder);
    writeBytes(folder / "tokenizer_config.json", config.toStdString());
    const auto tokenizer = opened(folder.path());
    QVERIFY(tokenizer);
    for (const Json& one : readGolden(name + "/expected.json").at("cases")) {
        const Json got = test::answered(*tokenizer, one);
        for (const char* field : { "ids", "tokens", "offsets", "type_ids", "special_mask" })
            QCOMPARE(shown(got.at(field)), shown(one.at(field)));
    }
}

/// The collapse is that of Graves et al. 2006: "hheell_lo" is "hello".
void TestTokenizerFamilies::ctcVocabulary()
{
    const ScratchFolder folder;
    writeBytes(folder / "vocab.json",
        R"({"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4, "E": 5, "H": 6, "L": 7, "O": 8, "A": 9})");
    const auto tokenizer = opened(folder.path());
    QVERIFY(tokenizer);
    QCOMPARE(tokenizer->encode("HELLO A?").ids, (std::vector<std::int64_t>{ 6, 5, 7, 7, 8, 4, 9, 3 }));
    const std::vector<std::int64_t> frames{ 0, 6, 6, 0, 5, 7, 7, 0, 7, 8, 8, 4, 4, 0, 9, 4, 0 };
    QCOMPARE(tokenizer->decode(frames), std::string("HELLO A"));
}

/// Against tiktoken 1.0.22 (npm) with the first 3000 ranks of cl100k_base.
void TestTokenizerFamilies::rankFile()
{
    const auto tokenizer = opened(test::sourcePath(goldens + "tiktoken").toStdString());
    QVERIFY(tokenizer);
    const Json expected = readGolden("tiktoken/expected.json");
    for (const Json& one : expected.at("cases"))
        QCOMPARE(shown(tokenizer->encode(one.at("text").get<std::string>()).ids), shown(one.at("ids")));
}

void TestTokenizerFamilies::brokenMergesAreTold()
{
    const ScratchFolder folder;
    writeBytes(folder / "vocab.json", R"({"a": 0, "b": 1})");
    writeBytes(folder / "merges.txt", "#version: 0.2\na b\n");
    const auto tokenizer = Tokenizer::open(folder.path());
    QVERIFY(!tokenizer);
    QVERIFY2(
        tokenizer.error().message.find("\"ab\"") != std::string::npos, tokenizer.error().message.c_str());
    writeBytes(folder / "merges.txt", "a b c\n");
    QVERIFY(Tokenizer::open(folder.path()).error().message.find("line 1") != std::string::npos);
}

HEADLIGHT_TEST_MAIN(TestTokenizerFamilies)
#include "tst_tokenizer_families.moc"
