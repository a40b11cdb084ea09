// Attention sinks against their definition: the softmax over the keys and one more score, which is then left
// out.

#include "core/attention/mechanism.h"
#include "core/autodiff/gradient_check.h"
#include "core/trace/attention_map.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using test::sample;

/// `length` tokens, two heads of size 3 with sinks of their own; the first key is hidden.
AttentionInputs inputs(std::int64_t length)
{
    AttentionInputs in;
    in.q = Var(sample({ length, 6 }, 1));
    in.k = Var(sample({ length, 6 }, 2));
    in.v = Var(sample({ length, 6 }, 3));
    in.heads = 2;
    in.scale = 1.0f / std::sqrt(3.0f);
    in.span = causalSpan();
    in.sinks = Var(Tensor::fromVector({ 2 }, { 0.4f, -3.0f }));
    in.queryBegins = in.keyBegins = { 0, length };
    in.keyMasks = { std::vector<std::uint8_t>(std::size_t(length), 1) };
    in.keyMasks.front().front() = 0;
    return in;
}

/// The weights of a row and, as the last one, the share of the sink; in double.
std::vector<double> definition(const AttentionInputs& in, int head, std::int64_t query)
{
    const std::int64_t keys = in.keyBegins.back();
    std::vector<double> row;
    for (std::int64_t key = 0; key < keys; ++key) {
        double score = 0.0;
        for (std::int64_t d = head * 3; d < head * 3 + 3; ++d)
            score += double(in.q.value().row(query)[std::size_t(d)])
                * double(in.k.value().row(key)[std::size_t(d)]);
        row.push_back(key > 0 && key <= query ? std::exp(score * double(in.scale)) : 0.0);
    }
    row.push_back(std::exp(double(in.sinks.value().at(head))));
    double sum = 0.0;
    for (const double number : row)
        sum += number;
    for (double& number : row)
        number /= sum;
    return row;
}

} // namespace

class TestSinks : public test::TestCase {
    Q_OBJECT
private slots:
    void weightsAndSharesAreTheDefinition();
    void lazyMapsAreTheMaterialisedOnes();
    void gradientsAreDerivatives();
    void stepsTellTheSink();
};

void TestSinks::weightsAndSharesAreTheDefinition()
{
    const AttentionInputs in = inputs(9);
    Tape tape;
    const AttentionOutput out = softmaxDot().attend(in, { true, &tape });
    std::int64_t place = 0;
    for (int head = 0; head < 2; ++head) {
        const HeadSummary& summary = out.summaries[std::size_t(head)];
        for (std::int64_t query = 0; query < 9; ++query) {
            const std::vector<double> row = definition(in, head, query);
            for (std::size_t key = 0; key < 9; ++key)
                QVERIFY(std::fabs(double(out.weights.value().at(place++)) - row[key]) < 1e-6);
            QVERIFY(std::fabs(double(summary.rows()[std::size_t(query)].sink) - row.back()) < 1e-6);
        }
        QCOMPARE(summary.rows()[0].sum, 0.0f); // sees nothing
        QCOMPARE(summary.rows()[0].sink, 1.0f);
        QVERIFY(summary.statistics().rowSumError < 1e-6f);
        QVERIFY(summary.statistics().sink > 0.0f);
    }
}

void TestSinks::lazyMapsAreTheMaterialisedOnes()
{
    const AttentionInputs in = inputs(150);
    Tape tape;
    const AttentionOutput maps = softmaxDot().attend(in, { false, &tape }),
                          lazy = softmaxDot().attend(in, { true });
    std::vector<float> block(150 * 150);
    for (int head = 0; head < 2; ++head) {
        lazy.source->weights(head, { 0, 150, 0, 150 }, block);
        for (std::size_t i = 0; i < block.size(); ++i)
            QVERIFY(
                std::fabs(block[i] - maps.weights.value().at(head * 150 * 150 + std::int64_t(i))) < 1e-6f);
    }
    for (std::int64_t i = 0; i < 150 * 6; ++i)
        QVERIFY(std::fabs(lazy.context.value().at(i) - maps.context.value().at(i)) < 1e-5f);
}

void TestSinks::gradientsAreDerivatives()
{
    const AttentionInputs in = inputs(5);
    const std::vector<Tensor> given{ in.q.value(), in.k.value(), in.v.value(), in.sinks.value() };
    const GradientCheck check = checkGradients(given, [&](std::span<const Var> x) {
        AttentionInputs moved = in;
        moved.q = x[0];
        moved.k = x[1];
        moved.v = x[2];
        moved.sinks = x[3];
        return softmaxDot().attend(moved, { false, x[0].tape() }).context;
    });
    QVERIFY2(check.error < 1e-3, qPrintable(QString("input %1 [%2]").arg(check.input).arg(check.index)));
}

void TestSinks::stepsTellTheSink()
{
    const AttentionInputs in = inputs(4);
    AttentionRequest request{ true };
    request.steps = true;
    const AttentionOutput out = softmaxDot().attend(in, request);
    const AttentionSteps steps = out.steps->steps(0, 3);
    const Stage* weight = steps.stage(stages::weight);
    QVERIFY(weight != nullptr && weight->formula.find("sink") != std::string::npos);
    QVERIFY(std::fabs(double(weight->numbers[2]) - definition(in, 0, 3)[2]) < 1e-6);
    QVERIFY(std::any_of(steps.notes.begin(), steps.notes.end(),
        [](const std::string& note) { return note.find("sink") != std::string::npos; }));
}

HEADLIGHT_TEST_MAIN(TestSinks)
#include "tst_sinks.moc"
