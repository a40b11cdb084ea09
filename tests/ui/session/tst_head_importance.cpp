// The importance of heads: by weights and gradients chosen by hand, and of the bundled model against the
// definition on what `attend --grad` computes.

#include "core/engine/engine.h"
#include "core/engine/predicted_target.h"
#include "core/metrics/head_importance.h"
#include "tests/support/sample_resources.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/session/head_importance.h"
#include "ui/session/session.h"

#include <numeric>

using namespace headlight;
using namespace headlight::ui;

class TestHeadImportance : public test::TestCase {
    Q_OBJECT
private slots:
    void byHand();
    void insideWindows();
    void ofTheBundledModel();
    void whereThereIsNoPrediction();
};

void TestHeadImportance::byHand()
{
    LayerAttention layer =
        test::givenLayer(0, Tensor::fromVector({ 2, 2, 2 }, { 1, 0, 0.5f, 0.5f, 0.25f, 0.75f, 0, 1 }));
    layer.gradient = Tensor::fromVector({ 2, 2, 2 }, { 2, 9, -4, 8, 1, -1, 5, -3 });
    const auto values = gateGradients(std::make_shared<const LayerAttention>(layer));
    QCOMPARE(values, (std::vector<float>{ 2 - 2 + 4, 3.5f })); // |2 + 0 − 2 + 4|, |0.25 − 0.75 + 0 − 3|
    const auto shares = normalisedByLayer({ 3, 4 });
    QVERIFY(std::abs(shares[0] - 0.6f) < 1e-6f && std::abs(shares[1] - 0.8f) < 1e-6f);
    QCOMPARE(normalisedByLayer({ 0, 0 }), (std::vector<float>{ 0, 0 }));
}

void TestHeadImportance::insideWindows()
{
    // Tokens 0 and 2 share a window, 1 and 3 the other; the gradient stands in the windows' order.
    std::vector<float> weights(16, 0.0f);
    for (const auto& [query, key, weight] : { std::tuple(0, 0, 0.25f), { 0, 2, 0.75f }, { 2, 0, 1.0f },
             { 1, 3, 1.0f }, { 3, 1, 0.5f }, { 3, 3, 0.5f } })
        weights[std::size_t(query * 4 + key)] = weight;
    LayerAttention layer = test::givenLayer(0, Tensor::fromVector({ 1, 4, 4 }, weights));
    auto windows = std::make_shared<Windows>();
    windows->tokens = { { 0, 2 }, { 1, 3 } };
    layer.windows = windows;
    layer.gradient = Tensor::fromVector({ 2, 1, 2, 2 }, { 4, 8, 2, 100, 100, 3, 6, 10 });
    const auto values = gateGradients(std::make_shared<const LayerAttention>(layer));
    QCOMPARE(values, (std::vector<float>{ 1 + 6 + 2 + 3 + 3 + 5 }));
}

void TestHeadImportance::ofTheBundledModel()
{
    const test::SampleResources sample;
    const Engine engine(sample.resources());
    Session session(engine);
    HeadImportance importance(session);
    QVERIFY(!importance.unavailable().isEmpty());
    session.openModel("sentiment");
    session.setInput(TextInput{ "a great film.", std::nullopt });
    QTRY_VERIFY(session.result() && !session.activity().running);
    QCOMPARE(importance.unavailable(), QString());
    importance.want();
    QCOMPARE(importance.state(), HeadImportance::State::Measuring);
    QTRY_COMPARE(importance.state(), HeadImportance::State::Ready);
    // By definition, on the maps and gradients of another run with the target named.
    AnalysisRequest request;
    request.input = TextInput{ "a great film.", std::nullopt };
    request.gradient = GradientTarget{ "logits", { session.result()->predictions[0].classes[0].index } };
    const auto run = engine.run(session.model(), request, {});
    QVERIFY(run);
    for (const auto& layer : (*run)->trace->layers()) {
        std::vector<float> expected;
        for (int head = 0; head < layer->heads; ++head) {
            const Tensor map = AttentionMap(layer, head).full();
            double sum = 0;
            for (std::int64_t i = 0; i < map.count(); ++i)
                sum += double(map.at(i)) * double(layer->gradient.at(head * map.count() + i));
            expected.push_back(float(std::abs(sum)));
        }
        const double norm =
            std::sqrt(std::inner_product(expected.begin(), expected.end(), expected.begin(), 0.0));
        const auto& found = importance.values().at(layer->site);
        for (std::size_t head = 0; head < expected.size(); ++head)
            QVERIFY(std::abs(double(found[head]) - double(expected[head]) / norm) < 1e-4);
    }
    session.setInput(TextInput{ "bad.", std::nullopt });
    QTRY_VERIFY(importance.values().empty()); // of the text before
}

void TestHeadImportance::whereThereIsNoPrediction()
{
    QVERIFY(!predictedTarget(*test::syntheticText({ 1, 1, 4 })));
}

HEADLIGHT_TEST_MAIN(TestHeadImportance)
#include "tst_head_importance.moc"
