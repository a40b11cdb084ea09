// Routed experts against rules worked out by hand: who is chosen, with what weight, and that nobody else's
// parameters are read.

#include "core/nn/experts.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

ParameterRef parameter(Tensor value)
{
    auto made = std::make_shared<Parameter>();
    made->value = std::move(value);
    return made;
}

/// A router whose logits are its input.
Router routerOf(std::int64_t experts, std::int64_t chosen)
{
    std::vector<float> identity(std::size_t(experts * experts), 0.0f);
    for (std::int64_t i = 0; i < experts; ++i)
        identity[std::size_t(i * experts + i)] = 1.0f;
    Router router;
    router.map = Linear::of(parameter(Tensor::fromVector({ experts, experts }, identity)));
    router.chosen = chosen;
    return router;
}

Var row(std::vector<float> numbers)
{
    const auto count = std::int64_t(numbers.size());
    return Var(Tensor::fromVector({ 1, count }, std::move(numbers)));
}

bool close(float a, double b)
{
    return std::fabs(double(a) - b) < 1e-6;
}

} // namespace

class TestExperts : public test::TestCase {
    Q_OBJECT
private slots:
    void softmaxThenTheBest();
    void normalisedIsTheSoftmaxOfThoseChosen();
    void aCorrectionChoosesButDoesNotWeigh();
    void onlyTheBestGroupsMayBeChosen();
    void weightsMayHaveFactorsOfTheirExperts();
    void expertsStoredTogetherAreTheirParts();
    void onlyChosenExpertsRun();
    void whoTookWhatIsRecorded();

private:
    JobControl m_control;
};

void TestExperts::softmaxThenTheBest()
{
    Run run(m_control);
    const Router::Choice choice = routerOf(4, 2)(row({ 0.0f, 2.0f, 1.0f, -1.0f }), run);
    QCOMPARE(choice.experts, (std::vector<std::int32_t>{ 1, 2 }));
    const double sum = 1.0 + std::exp(2.0) + std::exp(1.0) + std::exp(-1.0);
    QVERIFY(close(choice.weights.value().at(0), std::exp(2.0) / sum));
    QVERIFY(close(choice.weights.value().at(1), std::exp(1.0) / sum));
}

/// e^a/(e^a + e^b): what all others had cancels.
void TestExperts::normalisedIsTheSoftmaxOfThoseChosen()
{
    Run run(m_control);
    Router normalised = routerOf(4, 2), chosen = routerOf(4, 2);
    normalised.normalised = true;
    chosen.scores = Router::Scores::SoftmaxOfChosen;
    for (const Router& router : { normalised, chosen }) {
        const Router::Choice choice = router(row({ 0.3f, 2.0f, 1.0f, -1.0f }), run);
        QVERIFY(close(choice.weights.value().at(0), 1.0 / (1.0 + std::exp(-1.0))));
        QVERIFY(close(choice.weights.value().at(1), 1.0 / (1.0 + std::exp(1.0))));
    }
}

void TestExperts::aCorrectionChoosesButDoesNotWeigh()
{
    Run run(m_control);
    Router router = routerOf(3, 1);
    router.scores = Router::Scores::Sigmoid;
    router.correction = parameter(Tensor::fromVector({ 3 }, { 0.0f, 0.0f, 0.5f }));
    router.factor = 2.5f;
    const Router::Choice choice = router(row({ 1.0f, 0.5f, 0.0f }), run);
    QCOMPARE(choice.experts.front(), 2); // 0.731, 0.622, 0.5 + 0.5
    QVERIFY(close(choice.weights.value().at(0), 2.5 * 0.5));
}

/// Groups {0,1}, {2,3}, {4,5}: the best single score is in the first, the best two together in the second.
void TestExperts::onlyTheBestGroupsMayBeChosen()
{
    Run run(m_control);
    const Var x = row({ 4.0f, -4.0f, 1.5f, 1.4f, 1.0f, 1.0f });
    Router router = routerOf(6, 2);
    router.scores = Router::Scores::Sigmoid;
    router.groups = 3;
    QCOMPARE(router(x, run).experts, (std::vector<std::int32_t>{ 0, 1 })); // all others count as 0
    router.groupBest = 2;
    QCOMPARE(router(x, run).experts, (std::vector<std::int32_t>{ 2, 3 }));
    router.groupsChosen = 2;
    QCOMPARE(router(x, run).experts, (std::vector<std::int32_t>{ 2, 3 }));
    router.groupsChosen = 3;
    QCOMPARE(router(x, run).experts, (std::vector<std::int32_t>{ 0, 2 }));
}

/// Gemma 4: (3, 4, 0, 0) has the root mean square 5/2; times (1, 2, 1, 1) and 1/2 these are 0.6, 1.6, 0, 0.
void TestExperts::weightsMayHaveFactorsOfTheirExperts()
{
    Run run(m_control);
    Router router = routerOf(4, 2);
    router.norm = Norm { parameter(Tensor::fromVector({ 4 }, { 1.0f, 2.0f, 1.0f, 1.0f })), nullptr, 0.0f, Norm::Kind::RootMeanSquare };
    router.inputScale = 0.5f;
    router.normalised = true;
    router.expertFactors = parameter(Tensor::fromVector({ 4 }, { 7.0f, 3.0f, 100.0f, 100.0f }));
    const Router::Choice choice = router(row({ 3.0f, 4.0f, 0.0f, 0.0f }), run);
    QCOMPARE(choice.experts, (std::vector<std::int32_t> { 1, 0 }));
    QVERIFY(close(choice.weights.value().at(0), 3.0 / (1.0 + std::exp(-1.0))));
    QVERIFY(std::fabs(double(choice.weights.value().at(1)) - 7.0 / (1.0 + std::exp(1.0))) < 2e-6);
}

/// One number in and out, one inside: out · relu(gate · x) · up · x, by hand.
void TestExperts::expertsStoredTogetherAreTheirParts()
{
    struct Stored final : ParameterSource {
        bool has(const std::string&) const override { return true; }
        Tensor find(const std::string& name, const Shape& shape, Initialisation) override
        {
            return Tensor::fromVector(shape, name == "experts.down_proj" ? std::vector<float> { 2.0f, 3.0f } : std::vector<float> { 5.0f, 7.0f, 11.0f, 13.0f });
        }
    } source;
    Run run(m_control);
    const auto experts = loadStackedExperts(source, "experts.", 2, 1, 1, Activation::Relu);
    QVERIFY(close(experts[0](row({ 0.1f }), run).value().at(0), 2.0 * 0.5 * 0.7));
    QVERIFY(std::fabs(double(experts[1](row({ 0.1f }), run).value().at(0)) - 3.0 * 1.1 * 1.3) < 2e-6);
    QCOMPARE(experts[1](row({ -0.1f }), run).value().at(0), 0.0f);
}

/// Three tokens, expert e multiplies by e + 1; one product per expert.
void TestExperts::onlyChosenExpertsRun()
{
    Run run(m_control);
    std::vector<std::int64_t> rows(4, 0);
    Experts layer{ {}, routerOf(4, 1) };
    layer.router.normalised = true;
    for (std::size_t e = 0; e < 4; ++e)
        layer.experts.emplace_back([e, &rows](const Var& x, Run&) {
            rows[e] += x.shape().rows();
            return scale(x, float(e + 1));
        });
    const Var y = layer(Var(Tensor::fromVector({ 3, 4 }, { 0, 0, 5, 1, 7, 1, 0, 0, 2, 0, 6, 0 })), run);
    QCOMPARE(rows, (std::vector<std::int64_t>{ 1, 0, 2, 0 }));
    QCOMPARE(y.value().at(2), 15.0f);
    QCOMPARE(y.value().at(4), 7.0f);
    QCOMPARE(y.value().at(8), 6.0f);
    QCOMPARE(y.value().at(10), 18.0f);
}

void TestExperts::whoTookWhatIsRecorded()
{
    Trace trace;
    Run run(m_control);
    run.trace = &trace;
    Experts layer{ { AttentionKind::Decoder, 3 }, routerOf(3, 2) };
    for (int e = 0; e < 3; ++e)
        layer.experts.emplace_back([](const Var& x, Run&) { return x; });
    layer(Var(Tensor::fromVector({ 2, 3 }, { 1, 2, 3, 3, 2, 1 })), run);
    const auto choice = trace.experts({ AttentionKind::Decoder, 3 });
    QVERIFY(choice != nullptr);
    QCOMPARE(choice->tokens(), std::int64_t(2));
    QCOMPARE(choice->count, 3);
    QCOMPARE(choice->experts, (std::vector<std::int32_t>{ 2, 1, 0, 1 }));
    QVERIFY(choice->weights[0] > choice->weights[1]);
    QVERIFY(trace.experts({ AttentionKind::Decoder, 2 }) == nullptr);
}

HEADLIGHT_TEST_MAIN(TestExperts)
#include "tst_experts.moc"
