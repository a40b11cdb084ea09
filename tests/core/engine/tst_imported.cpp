// Attention from files of other programs: Hugging Face's own dumps of the reference models, and arrays NumPy
// wrote (tests/core/io/numpy_files/make.py).

#include "core/engine/imported.h"
#include "core/io/safetensors.h"
#include "core/io/tensor_file.h"
#include "tests/support/files.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

std::string numpyFile(const char* name)
{
    return test::sourcePath("tests/core/io/numpy_files/").toStdString() + name;
}

std::shared_ptr<const AnalysisResult> import(const std::filesystem::path& path)
{
    const auto result = importAttention(path, {});
    if (!result)
        qWarning("%s", result.error().message.c_str());
    return result ? *result : nullptr;
}

QString refusal(const std::filesystem::path& path)
{
    const auto result = importAttention(path, {});
    return result ? QString() : QString::fromStdString(result.error().message);
}

std::filesystem::path written(const test::ScratchFolder& folder, const char* name, const std::string& bytes)
{
    test::writeBytes(folder / name, bytes);
    return folder / name;
}

} // namespace

class TestImported : public test::TestCase {
    Q_OBJECT
private slots:
    void aReferenceDumpComesBackExactly_data();
    void aReferenceDumpComesBackExactly();
    void everyFormatOfOurOwn_data();
    void everyFormatOfOurOwn();
    void tokensComeFromStrings();
    void oneArrayHoldsAllLayers();
    void pairsHaveTheirSites();
    void whatIsNoAttentionIsRefused();
    void whichFilesAreMeant();
    void aStopIsHeard();

private:
    test::ScratchFolder m_folder;
};

void TestImported::aReferenceDumpComesBackExactly_data()
{
    QTest::addColumn<QString>("dump");
    QTest::newRow("encoder") << "bert_seqcls/expected.short.safetensors";
    QTest::newRow("decoder") << "gpt2_lm/expected.short.safetensors";
    QTest::newRow("pair") << "bart_lm/expected.short.safetensors";
}

void TestImported::aReferenceDumpComesBackExactly()
{
    QFETCH(QString, dump);
    const auto path = test::sourcePath("tests/golden/" + dump).toStdString();
    const auto file = SafetensorsFile::open(path);
    QVERIFY(bool(file));
    const auto result = import(path);
    QVERIFY(result);
    std::size_t maps = 0;
    for (const auto& [name, tensor] : file->tensors())
        maps += QString::fromStdString(name).contains("attentions.") ? 1 : 0;
    QCOMPARE(result->trace->layers().size(), maps);
    const auto layer = result->trace->layers().front();
    const bool pair = file->tensors().contains("encoder_attentions.0");
    const Tensor expected = file->tensors().at(pair ? "encoder_attentions.0" : "attentions.0").toFloat();
    QCOMPARE(expected.shape(), (Shape{ expected.shape()[0], layer->heads, layer->queries, layer->keys }));
    for (int head = 0; head < layer->heads; ++head) {
        const Tensor map = AttentionMap(layer, head).full();
        for (std::int64_t i = 0; i < map.count(); ++i)
            QCOMPARE(map.at(i), expected.at(head * map.count() + i));
    }
    QVERIFY(result->trace->largestRowSumError() < 1e-4f);
    QCOMPARE(result->source, "expected.short.safetensors");
}

void TestImported::everyFormatOfOurOwn_data()
{
    QTest::addColumn<QString>("ending");
    for (const char* ending : { "safetensors", "npz", "json" })
        QTest::newRow(ending) << ending;
}

void TestImported::everyFormatOfOurOwn()
{
    QFETCH(QString, ending);
    const auto path = m_folder.path() / ("dump." + ending.toStdString());
    const Tensor weights = Tensor::fromVector({ 1, 1, 2, 2 }, { 0.25f, 0.75f, 1.0f, 0.0f });
    QVERIFY(writeTensors(path, { { "attentions.0", weights } }, { { "tokens", "a\nb" } }));
    const auto result = import(path);
    QVERIFY(result);
    QCOMPARE(result->trace->layers().size(), std::size_t(1));
    QCOMPARE(AttentionMap(result->trace->layers()[0], 0).at(0, 1), 0.75f);
    if (ending != "npz")
        QCOMPARE(result->tokens.size(), std::size_t(2));
}

void TestImported::tokensComeFromStrings()
{
    const auto result = import(numpyFile("attention.npz"));
    QVERIFY(result);
    QCOMPARE(result->trace->layers().size(), std::size_t(3));
    QCOMPARE(result->tokens.size(), std::size_t(5));
    QVERIFY(result->tokens[0].special && !result->tokens[1].special);
    QVERIFY(result->tokens[2].continuation);
    QCOMPARE(result->tokens[2].label, "able");
    QCOMPARE(result->tokens[2].word, result->tokens[1].word);
    QCOMPARE(result->tokens[3].word, result->tokens[1].word + 1);
}

void TestImported::oneArrayHoldsAllLayers()
{
    const auto result = import(numpyFile("all_layers.npy"));
    QVERIFY(result);
    QCOMPARE(result->trace->layers().size(), std::size_t(3));
    QCOMPARE(result->trace->layers()[2]->heads, 2);
    QCOMPARE(result->trace->layers()[2]->queries, std::int64_t(4));
}

void TestImported::pairsHaveTheirSites()
{
    const auto result = import(numpyFile("pair.npz"));
    QVERIFY(result);
    const auto cross = result->trace->layer({ AttentionKind::Cross, 0 });
    QVERIFY(cross);
    QCOMPARE(cross->queries, std::int64_t(3));
    QCOMPARE(cross->keys, std::int64_t(5));
    QCOMPARE(result->decoderTokens.size(), std::size_t(3));
    QCOMPARE(result->decoderTokens[1].label, "le");
}

void TestImported::whatIsNoAttentionIsRefused()
{
    const QString none = refusal(numpyFile("none.npz"));
    QVERIFY2(none.contains("no attention maps") && none.contains("hidden_states"), qPrintable(none));
    const QString scores = refusal(numpyFile("scores.npz"));
    QVERIFY2(scores.contains("between 0 and 1"), qPrintable(scores));
    QVERIFY(refusal(written(m_folder, "x.json", R"({"tensors": {"attentions.0": [[0.5, 0.5], [1]]}})"))
                .contains("uneven"));
    QVERIFY(refusal(written(m_folder, "y.json", R"({"a": 1})")).contains("no attention maps"));
    QVERIFY(!refusal(m_folder.path() / "missing.npz").isEmpty());
}

void TestImported::whichFilesAreMeant()
{
    QVERIFY(holdsAttention("somewhere/weights.npz"));
    QVERIFY(!holdsAttention("somewhere/config.json"));
    QVERIFY(!holdsAttention(test::sourcePath("tests/golden/bert_seqcls/model.safetensors").toStdString()));
    const auto path = m_folder.path() / "loose.safetensors";
    QVERIFY(writeTensors(path, { { "attentions.0", Tensor::zeros({ 1, 2, 3, 3 }) } }, {}));
    QVERIFY(holdsAttention(path));
}

void TestImported::aStopIsHeard()
{
    std::stop_source stop;
    stop.request_stop();
    const auto result = importAttention(numpyFile("attention.npz"), JobControl(stop.get_token()));
    QVERIFY(!result && result.error().kind == ErrorKind::Cancelled);
}

HEADLIGHT_TEST_MAIN(TestImported)
#include "tst_imported.moc"
