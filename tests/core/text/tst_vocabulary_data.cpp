// Tokenizers from the lists a GGUF file carries, against the same vocabularies as tokenizer.json (Rust
// Hugging Face `tokenizers`), and refusal of lists that do not fit together.

#include "core/text/vocabulary_data.h"
#include "tests/core/text/reference_case.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

Json readGolden(const char* path)
{
    return *readJson(test::sourcePath(QStringLiteral("tests/golden/tokenizers/") + path).toStdString());
}

std::vector<std::string> tokensOf(const Json& file)
{
    std::vector<std::string> tokens;
    const auto put = [&](const std::string& token, std::size_t id) {
        tokens.resize(std::max(tokens.size(), id + 1));
        tokens[id] = token;
    };
    for (const auto& [token, id] : file.at("model").at("vocab").items())
        put(token, id.get<std::size_t>());
    for (const Json& token : file.at("added_tokens"))
        put(token.at("content"), token.at("id"));
    return tokens;
}

/// As llama.cpp's converter writes them: 3 for added special tokens.
std::vector<std::int32_t> typesOf(const Json& file, std::size_t count)
{
    std::vector<std::int32_t> types(count, 1);
    for (const Json& token : file.at("added_tokens"))
        types[token.at("id").get<std::size_t>()] = token.at("special") ? 3 : 4;
    return types;
}

VocabularyData gpt2()
{
    const Json file = readGolden("gpt2-cut/tokenizer.json");
    VocabularyData data;
    data.source = "x.gguf";
    data.model = "gpt2";
    data.preTokenizer = "gpt-2";
    data.tokens = tokensOf(file);
    data.types = typesOf(file, data.tokens.size());
    data.merges = file.at("model").at("merges").get<std::vector<std::string>>();
    data.special.bos = data.special.eos = std::int64_t(data.tokens.size()) - 1;
    return data;
}

/// In a Llama's vocabulary each merge made the next token, so the scores are the ids counted down.
VocabularyData llama()
{
    const Json file = readGolden("stories260K/tokenizer.json");
    VocabularyData data;
    data.source = "x.gguf";
    data.model = "llama";
    data.tokens = tokensOf(file);
    for (std::size_t id = 0; id < data.tokens.size(); ++id) {
        const bool byte = id >= 3 && id < 259;
        data.scores.push_back(-float(id));
        data.types.push_back(id == 0 ? 2 : id < 3 ? 3 : byte ? 6 : 1);
    }
    data.special.unk = 0;
    data.special.bos = 1;
    data.special.eos = 2;
    return data;
}

VocabularyData bert()
{
    VocabularyData data;
    data.source = "x.gguf";
    data.model = "bert";
    const std::string lines = test::readBytes(
        test::sourcePath("tests/golden/tokenizers/bert-base-uncased/vocab.txt").toStdString());
    for (std::size_t begin = 0; begin < lines.size();) {
        const std::size_t end = lines.find('\n', begin);
        std::string token = lines.substr(begin, end - begin);
        const bool special = token.starts_with('[') && token.ends_with(']') && token.size() > 1;
        data.tokens.push_back(token.starts_with("##") && token.size() > 2 ? token.substr(2)
                : special                                                 ? token
                                                                          : "▁" + token);
        begin = end + 1;
    }
    data.special.cls = 101;
    data.special.sep = 102;
    data.special.unk = 100;
    return data;
}

} // namespace

class TestVocabularyData : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithReference_data();
    void agreesWithReference();
    void flagsFrameTheText();
    void everyNamedCuttingWorks_data();
    void everyNamedCuttingWorks();
    void badListsAreErrors_data();
    void badListsAreErrors();
};

void TestVocabularyData::agreesWithReference_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("golden");
    QTest::newRow("gpt2") << "gpt2"
                          << "gpt2-cut";
    QTest::newRow("llama") << "llama"
                           << "stories260K";
    QTest::newRow("bert") << "bert"
                          << "bert-base-uncased";
}

void TestVocabularyData::agreesWithReference()
{
    QFETCH(QString, kind);
    QFETCH(QString, golden);
    const auto tokenizer = makeTokenizer(kind == "gpt2" ? gpt2() : kind == "llama" ? llama() : bert());
    QVERIFY2(tokenizer.hasValue(), tokenizer ? "" : tokenizer.error().message.c_str());
    const Json expected = readGolden(qPrintable(golden + "/expected.json"));
    for (const Json& one : expected.at("cases")) {
        const std::string text = one.at("text");
        if (one.contains("text_pair"))
            continue;
        QCOMPARE(QString::fromStdString(Json((*tokenizer)->encode(text).ids).dump()),
            QString::fromStdString(one.at("ids").dump()));
        QCOMPARE((*tokenizer)->decode((*tokenizer)->encode(text).ids),
            one.at("decoded_skip_special").get<std::string>());
    }
}

void TestVocabularyData::flagsFrameTheText()
{
    VocabularyData data = llama();
    data.addBos = false;
    data.addEos = true;
    data.addSpacePrefix = false;
    const auto tokenizer = makeTokenizer(data);
    QVERIFY(tokenizer.hasValue());
    const auto ids = (*tokenizer)->encode("a").ids;
    QCOMPARE(ids, (std::vector<std::int64_t>{ (*tokenizer)->id("a").value_or(-1), 2 }));
    QCOMPARE((*tokenizer)->special().bos.value_or(-1), 1);
    QVERIFY((*tokenizer)->isSpecial(1));
}

void TestVocabularyData::everyNamedCuttingWorks_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : { "default", "mpt", "llama-bpe", "qwen2", "starcoder", "falcon", "gpt-4o" })
        QTest::newRow(name) << name;
}

void TestVocabularyData::everyNamedCuttingWorks()
{
    QFETCH(QString, name);
    VocabularyData data = gpt2();
    data.preTokenizer = name.toStdString();
    const auto tokenizer = makeTokenizer(data);
    QVERIFY2(tokenizer.hasValue(), tokenizer ? "" : tokenizer.error().message.c_str());
    const std::string text = "Don't stop 12345 times!\n\n  ok é";
    QCOMPARE((*tokenizer)->decode((*tokenizer)->encode(text).ids), text);
}

void TestVocabularyData::badListsAreErrors_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("says");
    QTest::newRow("no tokens") << "tokens"
                               << "no tokens";
    QTest::newRow("too few types") << "types"
                                   << "types";
    QTest::newRow("too few scores") << "scores"
                                    << "scores";
    QTest::newRow("score that is no number") << "nan" << "no number";
    QTest::newRow("type 9") << "type"
                            << "type 9";
    QTest::newRow("special id beyond the end") << "special"
                                               << "special token";
    QTest::newRow("merge of three") << "merge"
                                    << "not two tokens";
    QTest::newRow("unknown model") << "model"
                                   << "\"rwkv\"";
    QTest::newRow("unknown cutting") << "pre"
                                     << "\"sparkle\"";
}

void TestVocabularyData::badListsAreErrors()
{
    QFETCH(QString, what);
    QFETCH(QString, says);
    VocabularyData data = what == "scores" || what == "nan" ? llama() : gpt2();
    if (what == "tokens")
        data.tokens.clear();
    else if (what == "types")
        data.types.pop_back();
    else if (what == "scores")
        data.scores.pop_back();
    else if (what == "nan")
        data.scores[300] = std::numeric_limits<float>::quiet_NaN();
    else if (what == "type")
        data.types[0] = 9;
    else if (what == "special")
        data.special.eos = 1 << 20;
    else if (what == "merge")
        data.merges.push_back("a b c");
    else if (what == "model")
        data.model = "rwkv";
    else
        data.preTokenizer = "sparkle";
    const auto tokenizer = makeTokenizer(data);
    QVERIFY(!tokenizer);
    const QString message = QString::fromStdString(tokenizer.error().message);
    QVERIFY2(message.startsWith("x.gguf") && message.contains(says), qPrintable(message));
}

HEADLIGHT_TEST_MAIN(TestVocabularyData)
#include "tst_vocabulary_data.moc"
