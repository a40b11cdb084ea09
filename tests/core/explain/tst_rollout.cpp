// Attention rollout against the reference numbers of tests/golden/vit_cls (made with PyTorch from the formula
// of Abnar & Zuidema 2020), and against cases whose answer is plain.

#include "core/io/safetensors.h"
#include "core/explain/rollout.h"
#include "core/models/families.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using Layers = std::vector<std::shared_ptr<const LayerAttention>>;

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

/// The same, as a layer of a site with queries and keys of their own; rows sum to one.
std::shared_ptr<const LayerAttention> randomLayer(
    const AttentionSite& site, const test::SyntheticShape& shape, int seed)
{
    return std::make_shared<LayerAttention>(test::givenLayer(site, test::plausibleWeights(shape, seed)));
}

Layers randomStack(AttentionKind kind, int layers, int heads, int tokens)
{
    Layers stack;
    for (int layer = 0; layer < layers; ++layer)
        stack.push_back(
            randomLayer({ kind, layer }, { layers, heads, tokens }, layer + 7 * int(kind) + tokens));
    return stack;
}

std::vector<double> oneToken(std::size_t count, std::size_t token)
{
    std::vector<double> start(count, 0.0);
    start[token] = 1.0;
    return start;
}

double sumOf(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
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
    void backwardsIsARowOfTheProduct();
    void everyRowSumsToOne_data();
    void everyRowSumsToOne();
    void identityAttentionStays();
    void residualShareIsCounted();
    void headsAreJoinedAsChosen();
    void edgesCarryTheShares();
    void pairsBridge();
    void whatIsNoStack();
    void aStopEndsIt();
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

void TestRollout::backwardsIsARowOfTheProduct()
{
    const Layers stack = randomStack(AttentionKind::Encoder, 4, 3, 300); // more than one band of rows
    const auto graph = stackGraph(stack, 0.5);
    QVERIFY(graph.has_value());
    const std::vector<Tensor> matrices = attentionRollout(stack);
    for (const int token : { 0, 17, 299 })
        for (const int level : { 1, 2, 4 }) {
            const MixingShares row =
                rolloutFrom(*graph, level, oneToken(300, std::size_t(token)), {}, 10, JobControl());
            for (std::size_t i = 0; i < 300; ++i)
                QVERIFY(std::fabs(row.shares[0][i]
                            - double(matrices[std::size_t(level - 1)].at(token * 300 + std::int64_t(i))))
                    < 1e-7);
            QVERIFY(level == 4 || row.shares[std::size_t(level + 1)].empty());
        }
}

void TestRollout::everyRowSumsToOne_data()
{
    QTest::addColumn<double>("residual");
    QTest::addColumn<bool>("max");
    for (const double residual : { 0.0, 0.3, 0.5, 1.0 })
        for (const bool max : { false, true })
            QTest::addRow("%.1f, %s", residual, max ? "max" : "mean") << residual << max;
}

void TestRollout::everyRowSumsToOne()
{
    QFETCH(double, residual);
    QFETCH(bool, max);
    const HeadMixing heads{ max ? HeadJoin::Max : HeadJoin::Mean, {} };
    const auto graph = stackGraph(randomStack(AttentionKind::Encoder, 12, 4, 40), residual);
    for (std::size_t token = 0; token < 40; ++token) {
        const MixingShares row = rolloutFrom(*graph, 12, oneToken(40, token), heads, 5, JobControl());
        for (const std::vector<double>& level : row.shares)
            QVERIFY(std::fabs(sumOf(level) - 1.0) < 1e-12);
    }
}

void TestRollout::identityAttentionStays()
{
    std::vector<float> identity(9, 0.0f);
    identity[0] = identity[4] = identity[8] = 1.0f;
    auto second = std::make_shared<LayerAttention>(*layerOf(identity, 1, 3));
    second->site.layer = 1;
    const auto graph = stackGraph(Layers{ layerOf(identity, 1, 3), second }, 0.5);
    QCOMPARE(rolloutFrom(*graph, 2, oneToken(3, 1), {}, 9, JobControl()).shares[0],
        (std::vector<double>{ 0, 1, 0 }));
}

void TestRollout::residualShareIsCounted()
{
    // Token 0 looks at 1, token 1 at itself: after one layer with residual r, 0 is r·0 + (1−r)·1.
    const Layers stack{ layerOf({ 0, 1, 0, 1 }, 1, 2) };
    for (const double residual : { 0.0, 0.25, 1.0 }) {
        const auto graph = stackGraph(stack, residual);
        const auto shares = rolloutFrom(*graph, 1, oneToken(2, 0), {}, 4, JobControl()).shares[0];
        QCOMPARE(shares[0], residual);
        QCOMPARE(shares[1], 1 - residual);
    }
}

void TestRollout::headsAreJoinedAsChosen()
{
    const Layers stack{ layerOf({ 1, 0, 0, 1, 0.5f, 0.5f, 0.5f, 0.5f }, 2, 2) };
    const auto graph = stackGraph(stack, 0.0);
    const auto share = [&](const HeadMixing& heads) {
        return rolloutFrom(*graph, 1, oneToken(2, 0), heads, 4, JobControl()).shares[0][0];
    };
    QCOMPARE(share({}), 0.75);
    QCOMPARE(share({ HeadJoin::Max, {} }), 1.0 / 1.5); // max (1, ½), brought to sum 1
    QCOMPARE(share({ HeadJoin::Mean, { 1 } }), 0.5);
    QCOMPARE(share({ HeadJoin::Mean, { 0, 5 } }), 1.0); // a head the layer does not have
    QCOMPARE(share({ HeadJoin::Mean, { 5 } }), 0.75); // none is left: all
}

void TestRollout::edgesCarryTheShares()
{
    const auto graph = stackGraph(randomStack(AttentionKind::Encoder, 3, 2, 12), 0.5);
    const MixingShares all = rolloutFrom(*graph, 3, oneToken(12, 4), {}, 1000, JobControl());
    std::vector<double> arriving(12, 0.0);
    for (const MixingEdge& edge : all.edges) {
        const MixingStep& step = graph->steps[std::size_t(edge.step)];
        QVERIFY(
            std::fabs(edge.value - edge.weight * all.shares[std::size_t(step.upper)][std::size_t(edge.from)])
            < 1e-15);
        if (step.lower == 1)
            arriving[std::size_t(edge.to)] += edge.value;
    }
    for (std::size_t i = 0; i < 12; ++i)
        QVERIFY(std::fabs(arriving[i] - all.shares[1][i]) < 1e-12);
    // Of fewer, the largest are kept, best first.
    const MixingShares few = rolloutFrom(*graph, 3, oneToken(12, 4), {}, 5, JobControl());
    std::vector<double> first, kept;
    for (const MixingEdge& edge : all.edges)
        if (edge.step == 1)
            first.push_back(edge.value);
    for (const MixingEdge& edge : few.edges)
        if (edge.step == 1)
            kept.push_back(edge.value);
    std::ranges::sort(first, std::greater());
    first.resize(5);
    QCOMPARE(kept, first);
    const auto again = strongestEdges(*graph, 3, all.shares, {}, 5, JobControl());
    QCOMPARE(again.size(), few.edges.size());
    for (std::size_t i = 0; i < again.size(); ++i)
        QCOMPARE(again[i].value, few.edges[i].value);
}

void TestRollout::pairsBridge()
{
    const Layers encoder = randomStack(AttentionKind::Encoder, 2, 3, 7),
                 decoder = randomStack(AttentionKind::Decoder, 2, 2, 5);
    const Layers cross{ randomLayer({ AttentionKind::Cross, 0 }, { 2, 2, 5, 7 }, 3),
        randomLayer({ AttentionKind::Cross, 1 }, { 2, 2, 5, 7 }, 4) };
    const auto graph = pairGraph(encoder, decoder, cross, 0.4);
    QVERIFY(graph.has_value());
    QCOMPARE(graph->levels, (std::vector<std::int64_t>{ 7, 7, 7, 5, 5, 5 }));
    const MixingShares out = rolloutFrom(*graph, 5, oneToken(5, 3), {}, 0, JobControl());
    QVERIFY(std::fabs(sumOf(out.shares[0]) + sumOf(out.shares[3]) - 1.0) < 1e-12);
    QVERIFY(std::fabs(sumOf(out.shares[2]) - sumOf(out.shares[0])) < 1e-12);
    QVERIFY(std::fabs(sumOf(out.shares[3]) - 0.4 * 0.4) < 1e-12); // what two layers kept to themselves
    // By hand for the memory: (1−r)·C₁ of the token, and r of its mixed row times (1−r)·C₀.
    const auto a = joinedRows(decoder[1], {}, 0, 5), c0 = joinedRows(cross[0], {}, 0, 5),
               c1 = joinedRows(cross[1], {}, 0, 5);
    for (std::size_t key = 0; key < 7; ++key) {
        double expected = 0.6 * c1[3 * 7 + key];
        for (std::size_t i = 0; i < 5; ++i)
            expected += 0.4 * (0.6 * a[3 * 5 + i] + (i == 3 ? 0.4 : 0.0)) * 0.6 * c0[i * 7 + key];
        QVERIFY(std::fabs(out.shares[2][key] - expected) < 1e-12);
    }
    const auto alone = pairGraph({}, decoder, cross, 0.4);
    QCOMPARE(alone->levels, (std::vector<std::int64_t>{ 7, 5, 5, 5 }));
    QCOMPARE(rolloutFrom(*alone, 3, oneToken(5, 3), {}, 0, JobControl()).shares[0], out.shares[2]);
}

void TestRollout::whatIsNoStack()
{
    const Layers stack = randomStack(AttentionKind::Encoder, 3, 2, 6);
    QVERIFY(!stackGraph({}, 0.5));
    QVERIFY(!stackGraph(Layers{ stack[0], stack[2] }, 0.5)); // one was not recorded
    QVERIFY(!stackGraph(Layers{ stack[0], randomLayer({ AttentionKind::Encoder, 1 }, { 1, 2, 3 }, 0) }, 0.5));
    QVERIFY(!stackGraph(Layers{ randomLayer({ AttentionKind::Cross, 0 }, { 1, 2, 3, 5 }, 0) }, 0.5));
    QVERIFY(!pairGraph({}, stack, {}, 0.5));
    QVERIFY(
        !pairGraph({}, stack, Layers{ randomLayer({ AttentionKind::Cross, 0 }, { 1, 2, 5, 3 }, 0) }, 0.5));
    QVERIFY_EXCEPTION_THROWN((void)stackGraph(stack, 1.5), CheckFailed);
}

void TestRollout::aStopEndsIt()
{
    const auto graph = stackGraph(randomStack(AttentionKind::Encoder, 3, 2, 6), 0.5);
    std::stop_source stop;
    int reports = 0;
    const JobControl control(stop.get_token(), [&](double fraction, std::string_view) {
        QVERIFY(fraction >= 0 && fraction <= 1);
        if (++reports == 2)
            stop.request_stop();
    });
    QVERIFY_EXCEPTION_THROWN(rolloutFrom(*graph, 3, oneToken(6, 0), {}, 5, control), Stopped);
    QCOMPARE(reports, 2);
}

HEADLIGHT_TEST_MAIN(TestRollout)
#include "tst_rollout.moc"
