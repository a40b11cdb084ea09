// Attention flow on graphs whose answer is known by hand, and against the smallest cut found by trying every
// one.

#include "core/base/check.h"
#include "core/explain/attention_flow.h"
#include "core/explain/max_flow.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using Layers = std::vector<std::shared_ptr<const LayerAttention>>;
constexpr double exact = 1e-9; // capacities are rounded to 2⁻⁴⁰

std::shared_ptr<const LayerAttention> layerOf(int layer, std::int64_t size, const std::vector<float>& weights)
{
    return std::make_shared<LayerAttention>(
        test::givenLayer(layer, Tensor::make({ 1, size, size }, [&](std::span<float> out) {
            std::ranges::copy(weights, out.begin());
        })));
}

std::vector<double> oneToken(std::size_t count, std::size_t token)
{
    std::vector<double> start(count, 0.0);
    start[token] = 1.0;
    return start;
}

struct Capacity {
    int from, to;
    std::int64_t units;
};

/// The smallest cut, by trying every set of nodes that holds the source and not the sink.
std::int64_t smallestCut(int nodes, const std::vector<Capacity>& edges, int source, int sink)
{
    std::int64_t smallest = INT64_MAX;
    for (unsigned side = 0; side < (1u << nodes); ++side) {
        if (!(side >> source & 1u) || (side >> sink & 1u))
            continue;
        std::int64_t cut = 0;
        for (const Capacity& edge : edges)
            if ((side >> edge.from & 1u) && !(side >> edge.to & 1u))
                cut += edge.units;
        smallest = std::min(smallest, cut);
    }
    return smallest;
}

} // namespace

class TestAttentionFlow : public test::TestCase {
    Q_OBJECT
private slots:
    void flowIsTheSmallestCut();
    void aTextbookNetwork();
    void aBoundEndsTheSearch();
    void oneLayerIsItsWeights();
    void identityAttentionStays();
    void uniformAttention();
    void flowIsTheSmallestCutOfLayers();
    void narrowWaysLimit();
    void severalTokensGiveTheirShares();
    void largeOnesAreRefused();
    void aStopEndsIt();
};

void TestAttentionFlow::flowIsTheSmallestCut()
{
    std::mt19937 random(5);
    for (int round = 0; round < 60; ++round) {
        const int nodes = 4 + int(random() % 6);
        std::vector<Capacity> edges;
        MaxFlow network(nodes);
        for (int from = 0; from < nodes; ++from)
            for (int to = 0; to < nodes; ++to)
                if (from != to && random() % 3 == 0) {
                    edges.push_back({ from, to, std::int64_t(random() % 20) });
                    network.addEdge(from, to, edges.back().units);
                }
        for (int sink = 1; sink < nodes; ++sink) // each from an empty network
            QCOMPARE(network.run(0, sink), smallestCut(nodes, edges, 0, sink));
    }
}

void TestAttentionFlow::aTextbookNetwork()
{
    // Cormen et al., Introduction to Algorithms, fig. 26.1: 23.
    MaxFlow network(6);
    for (const Capacity& edge : { Capacity{ 0, 1, 16 }, { 0, 2, 13 }, { 2, 1, 4 }, { 1, 3, 12 }, { 3, 2, 9 },
             { 2, 4, 14 }, { 4, 3, 7 }, { 3, 5, 20 }, { 4, 5, 4 } })
        network.addEdge(edge.from, edge.to, edge.units);
    QCOMPARE(network.run(0, 5), 23);
}

void TestAttentionFlow::aBoundEndsTheSearch()
{
    MaxFlow network(2);
    network.addEdge(0, 1, 10);
    QCOMPARE(network.run(0, 1, 4), 4);
    QCOMPARE(network.run(0, 1), 10);
}

void TestAttentionFlow::oneLayerIsItsWeights()
{
    const auto graph = stackGraph(Layers{ layerOf(0, 2, { 0.2f, 0.8f, 0.5f, 0.5f }) }, 0.5);
    const auto flow = attentionFlow(*graph, 1, oneToken(2, 0), {}, JobControl());
    QVERIFY(std::fabs(flow[0][0] - 0.6) < 1e-7 && std::fabs(flow[0][1] - 0.4) < 1e-7);
    QCOMPARE(flow[1], (std::vector<double>{ 1, 0 }));
}

void TestAttentionFlow::identityAttentionStays()
{
    const std::vector<float> identity{ 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    const auto graph = stackGraph(Layers{ layerOf(0, 3, identity), layerOf(1, 3, identity) }, 0.5);
    const auto flow = attentionFlow(*graph, 2, oneToken(3, 1), {}, JobControl());
    QCOMPARE(flow[0], (std::vector<double>{ 0, 1, 0 }));
}

void TestAttentionFlow::uniformAttention()
{
    // Without a residual path every token gives 1/4 to each: 4 ways of 1/4 lead to every input, so all of it
    // arrives.
    const std::vector<float> uniform(16, 0.25f);
    const auto graph = stackGraph(Layers{ layerOf(0, 4, uniform), layerOf(1, 4, uniform) }, 0.0);
    const auto flow = attentionFlow(*graph, 2, oneToken(4, 2), {}, JobControl());
    for (std::size_t i = 0; i < 4; ++i) {
        QVERIFY(std::fabs(flow[0][i] - 1.0) < exact);
        QVERIFY(std::fabs(flow[1][i] - 0.25) < exact);
    }
}

void TestAttentionFlow::flowIsTheSmallestCutOfLayers()
{
    for (int seed = 0; seed < 8; ++seed) {
        constexpr int tokens = 4, layers = 3, nodes = tokens * (layers + 1);
        Layers stack;
        for (int layer = 0; layer < layers; ++layer)
            stack.push_back(std::make_shared<LayerAttention>(
                test::givenLayer(layer, test::plausibleWeights({ layers, 2, tokens }, seed * 31 + layer))));
        const auto graph = stackGraph(stack, 0.3);
        std::vector<Capacity> edges;
        for (const MixingStep& step : graph->steps) {
            const std::vector<double> rows = mixedRows(step, {}, 0, tokens);
            for (int i = 0; i < tokens * tokens; ++i)
                edges.push_back({ step.upper * tokens + i / tokens, step.lower * tokens + i % tokens,
                    std::int64_t(std::llround(rows[std::size_t(i)] * 1e12)) });
        }
        const auto flow = attentionFlow(*graph, layers, oneToken(tokens, 1), {}, JobControl());
        for (int token = 0; token < tokens; ++token) {
            const double cut = double(smallestCut(nodes, edges, layers * tokens + 1, token)) / 1e12;
            QVERIFY(std::fabs(flow[0][std::size_t(token)] - cut) < exact);
        }
    }
}

void TestAttentionFlow::narrowWaysLimit()
{
    // 0 looks at 1 with 0.9, but 1 has only 0.1 for 2 below: no more than that, and 0's own 0.1, can arrive
    // there.
    const auto graph = stackGraph(Layers{ layerOf(0, 3, { 0.5f, 0.0f, 0.5f, 0.9f, 0.0f, 0.1f, 0, 0, 1 }),
                                      layerOf(1, 3, { 0.1f, 0.9f, 0, 0, 1, 0, 0, 0, 1 }) },
        0.0);
    const auto flow = attentionFlow(*graph, 2, oneToken(3, 0), {}, JobControl());
    QVERIFY(std::fabs(flow[0][2] - 0.2) < 1e-7); // 0.1 by way of 0, 0.1 by way of 1
    QVERIFY(std::fabs(flow[0][0] - 1.0) < 1e-7); // 0.1 and 0.9
    QCOMPARE(flow[0][1], 0.0);
}

void TestAttentionFlow::severalTokensGiveTheirShares()
{
    const auto graph = stackGraph(Layers{ layerOf(0, 2, { 1, 0, 1, 0 }) }, 0.0);
    const auto flow = attentionFlow(*graph, 1, std::vector<double>{ 0.25, 0.75 }, {}, JobControl());
    QCOMPARE(flow[0], (std::vector<double>{ 1, 0 }));
}

void TestAttentionFlow::largeOnesAreRefused()
{
    Layers stack;
    for (int layer = 0; layer < 2; ++layer)
        stack.push_back(std::make_shared<LayerAttention>(
            test::givenLayer(layer, test::plausibleWeights({ 2, 1, 900 }, layer))));
    const auto graph = stackGraph(stack, 0.5);
    QVERIFY(!attentionFlowFits(*graph, 2));
    QVERIFY_EXCEPTION_THROWN((void)attentionFlow(*graph, 2, oneToken(900, 0), {}, JobControl()), CheckFailed);
    const auto limit = attentionFlowLimit(*graph, 2);
    QVERIFY(limit > 100 && limit < 900);
    stack.resize(1);
    stack[0] = std::make_shared<LayerAttention>(
        test::givenLayer(0, test::plausibleWeights({ 1, 1, int(attentionFlowLimit(*graph, 1)) }, 0)));
    QVERIFY(attentionFlowFits(*stackGraph(stack, 0.5), 1));
}

void TestAttentionFlow::aStopEndsIt()
{
    const auto graph = stackGraph(Layers{ layerOf(0, 2, { 0.5f, 0.5f, 0.5f, 0.5f }) }, 0.5);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY_EXCEPTION_THROWN(
        (void)attentionFlow(*graph, 1, oneToken(2, 0), {}, JobControl(stop.get_token())), Stopped);
}

HEADLIGHT_TEST_MAIN(TestAttentionFlow)
#include "tst_attention_flow.moc"
