// Attention rollout against the reference numbers of tests/golden/vit_cls (made with PyTorch from the formula
// of Abnar & Zuidema 2020), and against cases whose answer is plain.

#include "core/io/safetensors.h"
#include "core/metrics/rollout.h"
#include "core/models/families.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

/// Weights that were written down, not computed.
class FixedWeights final : public WeightSource {
public:
    FixedWeights(std::vector<float> weights, std::int64_t keys)
        : m_weights(std::move(weights))
        , m_keys(keys)
    {
    }
    void weights(int head, const Block& block, std::span<float> out) const override
    {
        for (std::int64_t i = 0; i < block.rows() * block.columns(); ++i)
            out[std::size_t(i)] =
                m_weights[std::size_t((head * m_keys + block.firstRow + i / block.columns()) * m_keys
                    + block.firstColumn + i % block.columns())];
    }
    void scores(int, const Block&, std::span<float>) const override { }
    std::size_t bytes() const override { return 0; }

private:
    std::vector<float> m_weights;
    std::int64_t m_keys;
};

std::shared_ptr<const LayerAttention> layerOf(std::vector<float> weights, int heads, std::int64_t size)
{
    auto layer = std::make_shared<LayerAttention>();
    layer->heads = heads;
    layer->queries = layer->keys = size;
    layer->source = std::make_shared<FixedWeights>(std::move(weights), size);
    return layer;
}

std::filesystem::path golden(const char* file)
{
    return test::sourcePath(QString("tests/golden/vit_cls/") + file).toStdString();
}

} // namespace

class TestRollout : public test::TestCase {
    Q_OBJECT
private slots:
    void agreesWithTheReference();
    void uniformAttentionMixesHalf();
    void headsAreAveraged();
    void noLayersIsAMistake();
};

void TestRollout::agreesWithTheReference()
{
    const auto model = loadModel(test::sourcePath("tests/golden/vit_cls").toStdString());
    QVERIFY(model.hasValue());
    const auto given = SafetensorsFile::open(golden("expected.image.safetensors"));
    const auto expected = SafetensorsFile::open(golden("expected.image.explain.safetensors"));
    QVERIFY(given.hasValue() && expected.hasValue());
    const Tensor pixels = given->tensors().at("pixel_values").toFloat();
    const JobControl control;
    Trace trace;
    Run run(control);
    run.trace = &trace;
    ModelInput input;
    input.pixelValues = pixels.reshaped({ pixels.shape()[1], pixels.shape()[2], pixels.shape()[3] });
    model->model->forward({ &input, 1 }, run);

    const std::vector<Tensor> rollout = attentionRollout(trace.layers());
    QCOMPARE(rollout.size(), std::size_t(model->model->info().layers));
    for (std::size_t layer = 0; layer < rollout.size(); ++layer) {
        const Tensor reference = expected->tensors().at("rollout." + std::to_string(layer)).toFloat();
        QCOMPARE(reference.count(), rollout[layer].count());
        for (std::int64_t i = 0; i < reference.count(); ++i)
            QVERIFY(std::fabs(reference.at(i) - rollout[layer].at(i))
                < 2e-5f); // the fixture's tolerance for attentions
    }
}

void TestRollout::uniformAttentionMixesHalf()
{
    const std::array layers{ layerOf(std::vector<float>(16, 0.25f), 1, 4),
        layerOf(std::vector<float>(16, 0.25f), 1, 4) };
    const std::vector<Tensor> rollout = attentionRollout(layers);
    // ½·¼ + ½ on the diagonal, ½·¼ beside it; twice: ¼·I + ¾·uniform.
    QCOMPARE(rollout[0].at(0), 0.625f);
    QCOMPARE(rollout[0].at(1), 0.125f);
    QCOMPARE(rollout[1].at(5), 0.4375f);
    QCOMPARE(rollout[1].at(6), 0.1875f);
}

void TestRollout::headsAreAveraged()
{
    const std::array layers{ layerOf(
        { 1, 0, 0, 1, 0, 1, 1, 0 }, 2, 2) }; // one head looks at itself, one at the other
    const Tensor rollout = attentionRollout(layers).front();
    QCOMPARE(rollout.at(0), 0.75f);
    QCOMPARE(rollout.at(1), 0.25f);
}

void TestRollout::noLayersIsAMistake()
{
    QVERIFY_EXCEPTION_THROWN(attentionRollout({}), CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestRollout)
#include "tst_rollout.moc"
