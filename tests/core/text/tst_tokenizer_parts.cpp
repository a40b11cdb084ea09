// Each kind of part in random combinations, against the Rust Hugging Face `tokenizers` library (parts.json);
// what unknown and broken descriptions lead to; and that no part is missing from its list.

#include "core/io/json.h"
#include "core/text/pipeline.h"
#include "tests/core/text/reference_case.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

const char* const goldens = "tests/golden/tokenizers/parts.json";

Vocabulary vocabularyOf(const Json& tokens)
{
    Vocabulary vocabulary;
    for (std::size_t id = 0; id < tokens.size(); ++id)
        if (!vocabulary.add(tokens[id], std::int64_t(id)))
            qFatal("parts.json holds a bad vocabulary");
    return vocabulary;
}

Json smallTokenizer()
{
    return { { "model", { { "type", "WordPiece" }, { "unk_token", "a" } } } };
}

} // namespace

class TestTokenizerParts : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithReference_data();
    void agreesWithReference();
    void badDescriptionsAreErrors_data();
    void badDescriptionsAreErrors();
    void everyPartIsListed_data();
    void everyPartIsListed();
    void everyTypeIsInTheGoldens();
};

void TestTokenizerParts::agreesWithReference_data()
{
    QTest::addColumn<int>("index");
    const Json all = *readJson(test::sourcePath(goldens).toStdString());
    QVERIFY(all.at("tokenizers").size() >= 60);
    for (int i = 0; i < int(all.at("tokenizers").size()); ++i)
        QTest::addRow("combination %d", i) << i;
}

void TestTokenizerParts::agreesWithReference()
{
    QFETCH(int, index);
    static const Json all = *readJson(test::sourcePath(goldens).toStdString());
    const Json& golden = all.at("tokenizers").at(std::size_t(index));
    auto pipeline = makePipeline(golden.at("tokenizer"), vocabularyOf(all.at("vocab")), { "parts.json", "" });
    QVERIFY2(pipeline.hasValue(), pipeline ? "" : pipeline.error().message.c_str());
    const Tokenizer tokenizer(std::move(*pipeline));
    for (const Json& expected : golden.at("cases"))
        QCOMPARE(QString::fromStdString(test::answered(tokenizer, expected).dump(-1, ' ', true)),
            QString::fromStdString(expected.dump(-1, ' ', true)));
}

void TestTokenizerParts::badDescriptionsAreErrors_data()
{
    QTest::addColumn<QByteArray>("patch");
    QTest::addColumn<bool>("unsupported");
    QTest::addColumn<QString>("names");
    QTest::newRow("unknown normalizer")
        << QByteArray(R"({"normalizer": {"type": "Sparkle"}})") << true << "normalizer: \"Sparkle\"";
    QTest::newRow("unknown inside a sequence") << QByteArray(
        R"({"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Sprinkle"}]}})")
                                               << true << "normalizer.normalizers[1]: \"Sprinkle\"";
    QTest::newRow("unknown pre-tokenizer")
        << QByteArray(R"({"pre_tokenizer": {"type": "Sparkle"}})") << true << "pre_tokenizer";
    QTest::newRow("unknown post-processor")
        << QByteArray(R"({"post_processor": {"type": "Sparkle"}})") << true << "post_processor";
    QTest::newRow("unknown decoder") << QByteArray(R"({"decoder": {"type": "Sparkle"}})") << true
                                     << "decoder";
    QTest::newRow("unknown model") << QByteArray(R"({"model": {"type": "Sparkle"}})") << true
                                   << "model: \"Sparkle\"";
    QTest::newRow("bad expression") << QByteArray(
        R"({"normalizer": {"type": "Replace", "pattern": {"Regex": "(("}, "content": ""}})")
                                    << true << "((";
    QTest::newRow("no type") << QByteArray(R"({"normalizer": {}})") << false << "\"type\"";
    QTest::newRow("not an object") << QByteArray(R"({"decoder": [1]})") << false << "decoder";
    QTest::newRow("sequence of nothing")
        << QByteArray(R"({"normalizer": {"type": "Sequence"}})") << false << "normalizers";
    QTest::newRow("flag of a wrong type")
        << QByteArray(R"({"normalizer": {"type": "BertNormalizer", "lowercase": "yes"}})") << false
        << "lowercase";
    QTest::newRow("behaviour nobody knows")
        << QByteArray(R"({"pre_tokenizer": {"type": "Punctuation", "behavior": "Eaten"}})") << false
        << "Eaten";
    QTest::newRow("template without its token")
        << QByteArray(R"({"post_processor": {"type": "TemplateProcessing", "pair": [],
            "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}}], "special_tokens": {}}})")
        << false << "[X]";
    QTest::newRow("second text in a template for one")
        << QByteArray(R"({"post_processor": {"type": "TemplateProcessing", "pair": [],
            "single": [{"Sequence": {"id": "B", "type_id": 0}}]}})")
        << false << "second";
    QTest::newRow("negative id") << QByteArray(R"({"added_tokens": [{"id": -3, "content": "x"}]})") << false
                                 << "-3";
    QTest::newRow("unknown token missing")
        << QByteArray(R"({"model": {"type": "WordPiece", "unk_token": "zz"}})") << false << "\"zz\"";
}

void TestTokenizerParts::badDescriptionsAreErrors()
{
    QFETCH(QByteArray, patch);
    QFETCH(bool, unsupported);
    QFETCH(QString, names);
    Json description = smallTokenizer();
    description.update(Json::parse(patch.toStdString()));
    const auto pipeline = makePipeline(description, vocabularyOf({ "a" }), { "t.json", "" });
    QVERIFY(!pipeline);
    QCOMPARE(pipeline.error().kind, unsupported ? ErrorKind::Unsupported : ErrorKind::BadFile);
    const QString message = QString::fromStdString(pipeline.error().message);
    QVERIFY2(message.startsWith("t.json") && message.contains(names), qPrintable(message));
}

void TestTokenizerParts::everyPartIsListed_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("list");
    QTest::newRow("normalizers") << "normalizers"
                                 << "normalizer.cpp";
    QTest::newRow("pre-tokenizers") << "pretokenizers"
                                    << "pretokenizer.cpp";
    QTest::newRow("models") << "models"
                            << "subword_model.cpp";
    QTest::newRow("post-processors") << "postprocessors"
                                     << "postprocessor.cpp";
    QTest::newRow("decoders") << "decoders"
                              << "decoder.cpp";
}

void TestTokenizerParts::everyPartIsListed()
{
    QFETCH(QString, folder);
    QFETCH(QString, list);
    const QDir text(test::sourcePath("core/text"));
    QFile listFile(text.filePath(list));
    QVERIFY(listFile.open(QIODevice::ReadOnly));
    const QString rows = QString::fromUtf8(listFile.readAll());
    static const QRegularExpression maker(
        "> (make\\w+)\\((?:const Json& ?\\w*, const Place|SubwordModelSource)");
    for (const QFileInfo& file : QDir(text.filePath(folder)).entryInfoList({ "*.cpp" })) {
        QFile source(file.filePath());
        QVERIFY(source.open(QIODevice::ReadOnly));
        const auto found = maker.match(QString::fromUtf8(source.readAll()));
        QVERIFY2(found.hasMatch(), qPrintable(file.fileName() + " makes no part"));
        QVERIFY2(rows.contains(", " + found.captured(1) + " }"),
            qPrintable(found.captured(1) + " is not in " + list));
    }
}

/// A part without a reference case would be untested.
void TestTokenizerParts::everyTypeIsInTheGoldens()
{
    QByteArray all;
    for (const char* path : { goldens, "tests/golden/tokenizers/families.json" }) {
        QFile file(test::sourcePath(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        all += file.readAll();
    }
    const auto check = [&all](std::string_view type) {
        const QByteArray wanted = "\"type\":\"" + QByteArray(type.data(), qsizetype(type.size())) + '"';
        QVERIFY2(all.contains(wanted), wanted);
    };
    for (const auto& row : normalizerRows())
        check(row.type);
    for (const auto& row : preTokenizerRows())
        check(row.type);
    for (const auto& row : postProcessorRows())
        check(row.type);
    for (const auto& row : decoderRows())
        check(row.type);
}

HEADLIGHT_TEST_MAIN(TestTokenizerParts)
#include "tst_tokenizer_parts.moc"
