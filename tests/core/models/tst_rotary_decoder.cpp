// What families on the rotary skeleton say of their layers, and what both forms of their files make of them. Their numbers
// are held against the reference by tst_golden_models.

#include "core/engine/pass.h"
#include "core/io/safetensors.h"
#include "core/models/families.h"
#include "core/nn/decoder_layer.h"
#include "tests/support/test_main.h"

#include <QDirIterator>
#include <QTemporaryDir>

using namespace headlight;

class TestRotaryDecoder : public test::TestCase {
    Q_OBJECT
private slots:
    void layersSayWhatTheySee_data();
    void layersSayWhatTheySee();
    void bothFormsOfAFileAreOneModel_data();
    void bothFormsOfAFileAreOneModel();
    void whatSeesTheEndIsNotReadOn();
    void aSentenceIsTheMeanOfItsTokens();
    void headsWithWeightsOfTheirOwn();
    void gemma4SharesItsKeys();
};

namespace {

std::string golden(const QString& name)
{
    return test::sourcePath("tests/golden/" + name).toStdString();
}

ModelInput words(std::int64_t count)
{
    ModelInput input;
    for (std::int64_t i = 0; i < count; ++i)
        input.ids.push_back(3 + i * 7 % 60);
    return input;
}

std::shared_ptr<const Trace> traced(const Model& model, const ModelInput& input)
{
    const JobControl control;
    const auto pass = runPass(model, input, {}, control);
    return pass ? pass->trace : nullptr;
}

} // namespace

void TestRotaryDecoder::layersSayWhatTheySee_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QStringList>("spans");
    QTest::addColumn<QStringList>("notes");
    const QString s = "sliding 8", f = "full", no = "no positions";
    const auto none = [](int count) { return QStringList(count, QString()); };
    QTest::newRow("cohere2") << "cohere2_lm" << QStringList { s, s, s, f } << QStringList { "", "", "", no };
    QTest::newRow("smollm3") << "smollm3_lm" << QStringList { f, f, f, f, f } << QStringList { "", "", "", no, "" };
    QTest::newRow("gemma3") << "gemma3_linear" << QStringList { s, f, s } << none(3);
    QTest::newRow("embeddinggemma") << "embeddinggemma" << QStringList { "±6", "±6", f, "±6" } << none(4);
    QTest::newRow("gemma4") << "gemma4_lm" << QStringList { s, f, s, f } << QStringList { "", "", "keys of layer 0", "keys of layer 1" };
    QTest::newRow("olmo3") << "olmo3_lm" << QStringList { s, s, s, f } << none(4);
    QTest::newRow("granite") << "granite_lm" << QStringList { f, f } << none(2);
}

void TestRotaryDecoder::layersSayWhatTheySee()
{
    QFETCH(QString, model);
    QFETCH(QStringList, spans);
    QFETCH(QStringList, notes);
    const auto loaded = loadModel(golden(model));
    QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
    const auto trace = traced(*loaded->model, words(12));
    QVERIFY(trace && qsizetype(trace->layers().size()) == spans.size());
    for (qsizetype i = 0; i < spans.size(); ++i) {
        const LayerAttention& layer = *trace->layers()[std::size_t(i)];
        QCOMPARE(QString::fromStdString(layer.span), spans[i]);
        QCOMPARE(QString::fromStdString(layer.note), notes[i]);
        // The mark is what the weights say: the last query's furthest key.
        const std::vector<float> row = AttentionMap(trace->layers()[std::size_t(i)], 0).row(11);
        const auto first = std::ranges::find_if(row, [](float weight) { return weight > 0.0f; }) - row.begin();
        QCOMPARE(first, spans[i] == "sliding 8" ? 4 : spans[i] == "±6" ? 5 : 0);
    }
}

void TestRotaryDecoder::bothFormsOfAFileAreOneModel_data()
{
    QTest::addColumn<QString>("folder");
    QDirIterator files(test::sourcePath("tests/golden"), { "config.v5.json" }, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QFileInfo info(files.next());
        QTest::newRow(qPrintable(info.dir().dirName())) << info.path();
    }
}

void TestRotaryDecoder::bothFormsOfAFileAreOneModel()
{
    QFETCH(QString, folder);
    const QTemporaryDir newer;
    QVERIFY(QFile::copy(folder + "/config.v5.json", newer.filePath("config.json")));
    QVERIFY(QFile::copy(folder + "/model.safetensors", newer.filePath("model.safetensors")));
    const auto one = loadModel(folder.toStdString()), other = loadModel(newer.path().toStdString());
    QVERIFY2(one && other, other ? "" : other.error().message.c_str());
    if (one->model->info().input != InputKind::Text || one->model->info().pair)
        QSKIP("Not a model of words alone: its own tests hold it.");
    const auto a = traced(*one->model, words(21)), b = traced(*other->model, words(21));
    QVERIFY(a && b);
    for (const auto& [name, tensor] : a->outputs()) {
        QVERIFY(b->outputs().contains(name));
        QVERIFY2(std::ranges::equal(tensor.floats(), b->outputs().at(name).floats()), name.c_str());
    }
}

void TestRotaryDecoder::whatSeesTheEndIsNotReadOn()
{
    const auto both = loadModel(golden("embeddinggemma")), causal = loadModel(golden("gemma3_linear"));
    QVERIFY(both && causal);
    QVERIFY(!both->model->readsOn(words(5)));
    QVERIFY(causal->model->readsOn(words(5)));
    QVERIFY(!both->model->info().writes);
    QCOMPARE(traced(*both->model, words(5))->layers().front()->site.kind, AttentionKind::Encoder);
}

void TestRotaryDecoder::aSentenceIsTheMeanOfItsTokens()
{
    const auto loaded = loadModel(golden("embeddinggemma"));
    QVERIFY(loaded);
    ModelInput padded = words(6);
    padded.attentionMask = { 1, 1, 1, 1, 0, 0 };
    const auto trace = traced(*loaded->model, padded), alone = traced(*loaded->model, words(4));
    QVERIFY(trace && alone);
    const Tensor tokens = trace->outputs().at("last_hidden_state"), mean = trace->outputs().at("mean_hidden_state");
    const Tensor unpadded = alone->outputs().at("mean_hidden_state");
    QCOMPARE(mean.shape().count(), std::int64_t(32));
    for (std::int64_t i = 0; i < 32; ++i) {
        const float expected = (tokens.at(i) + tokens.at(32 + i) + tokens.at(64 + i) + tokens.at(96 + i)) / 4.0f;
        QVERIFY(std::abs(mean.at(i) - expected) < 1e-5f);
        QVERIFY(std::abs(mean.at(i) - unpadded.at(i)) < 1e-5f);
    }
}

/// Layer norm over each head's numbers, then a weight per head and number: by the formula.
void TestRotaryDecoder::headsWithWeightsOfTheirOwn()
{
    const Tensor x = Tensor::fromVector({ 1, 4 }, { 1.0f, 3.0f, -2.0f, 6.0f });
    const auto weights = std::make_shared<Parameter>();
    weights->value = Tensor::fromVector({ 2, 2 }, { 2.0f, 3.0f, 5.0f, 7.0f });
    const HeadNorm norm { .norms = { Norm::plain(0.0f) }, .weights = weights };
    const JobControl control;
    Run run(control);
    const Tensor y = norm(Var(x), 2, run).value();
    // (1, 3) and (-2, 6) are −1 and +1 once their means are gone and their deviations are one.
    const std::array expected { -2.0f, 3.0f, -5.0f, 7.0f };
    for (std::int64_t i = 0; i < 4; ++i)
        QVERIFY(std::abs(y.at(i) - expected[std::size_t(i)]) < 1e-5f);
}

void TestRotaryDecoder::gemma4SharesItsKeys()
{
    const auto loaded = loadModel(golden("gemma4_lm"));
    QVERIFY(loaded);
    PassRequest request;
    request.trace.rows = true;
    const JobControl control;
    const auto pass = runPass(*loaded->model, words(9), request, control);
    QVERIFY(pass);
    for (const int layer : { 2, 3 }) {
        const auto own = pass->trace->layer({ AttentionKind::Decoder, layer }), from = pass->trace->layer({ AttentionKind::Decoder, layer - 2 });
        QVERIFY(std::ranges::equal(own->rows->keys.floats(), from->rows->keys.floats()));
        QVERIFY(std::ranges::equal(own->rows->values.floats(), from->rows->values.floats()));
        QVERIFY(!std::ranges::equal(own->rows->queries.floats(), from->rows->queries.floats()));
    }
}

HEADLIGHT_TEST_MAIN(TestRotaryDecoder)
#include "tst_rotary_decoder.moc"
