// Softmax attention against its definition (Vaswani et al. 2017, eq. 1, worked out in double) and against finite
// differences; the lazy maps against the materialised ones.

#include "core/attention/mechanism.h"
#include "core/autodiff/gradient_check.h"
#include "core/base/parallel_for.h"
#include "core/trace/attention_map.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

using test::sample;

/// Two sequences of 3 and 5 queries over 4 and 5 keys, 2 heads of size 3; values of size 2.
AttentionInputs twoSequences()
{
    AttentionInputs in;
    in.q = Var(sample({ 8, 6 }, 1));
    in.k = Var(sample({ 9, 6 }, 2));
    in.v = Var(sample({ 9, 4 }, 3));
    in.heads = 2;
    in.scale = 1.0f / std::sqrt(3.0f);
    in.queryBegins = { 0, 3, 8 };
    in.keyBegins = { 0, 4, 9 };
    in.keyMasks = { {}, { 1, 1, 0, 1, 1 } };
    return in;
}

/// One sequence of `length` tokens, 2 heads of size 3.
AttentionInputs oneSequence(std::int64_t length, std::vector<std::uint8_t> mask = {})
{
    AttentionInputs in;
    in.q = Var(sample({ length, 6 }, 1));
    in.k = Var(sample({ length, 6 }, 2));
    in.v = Var(sample({ length, 6 }, 3));
    in.heads = 2;
    in.scale = 1.0f / std::sqrt(3.0f);
    in.queryBegins = in.keyBegins = { 0, length };
    in.keyMasks = { std::move(mask) };
    return in;
}

bool visible(const AttentionInputs& in, std::size_t sequence, std::int64_t query, std::int64_t key, std::int64_t keys)
{
    const KeyRange range = in.span->range(query, in.queryBegins[sequence + 1] - in.queryBegins[sequence], keys);
    const bool masked = !in.keyMasks.empty() && !in.keyMasks[sequence].empty() && in.keyMasks[sequence][std::size_t(key)] == 0;
    return key >= range.first && key < range.last && !masked;
}

/// Row `query` of one head by the formula, in double.
std::vector<double> definition(const AttentionInputs& in, std::size_t sequence, int head, std::int64_t query)
{
    const std::int64_t keys = in.keyBegins[sequence + 1] - in.keyBegins[sequence], size = in.q.shape()[1] / in.heads;
    std::vector<double> row(static_cast<std::size_t>(keys));
    double sum = 0.0;
    for (std::int64_t key = 0; key < keys; ++key) {
        double score = 0.0;
        for (std::int64_t d = 0; d < size; ++d)
            score += double(in.q.value().row(in.queryBegins[sequence] + query)[std::size_t(head * size + d)])
                * double(in.k.value().row(in.keyBegins[sequence] + key)[std::size_t(head * size + d)]);
        row[std::size_t(key)] = visible(in, sequence, query, key, keys) ? std::exp(score * double(in.scale)) : 0.0;
        sum += row[std::size_t(key)];
    }
    for (double& weight : row)
        weight = sum > 0.0 ? weight / sum : 0.0;
    return row;
}

} // namespace

class TestSoftmaxDot : public test::TestCase {
    Q_OBJECT
private slots:
    void weightsAndContextAreTheDefinition();
    void lazyMapsAreTheMaterialisedOnes_data();
    void lazyMapsAreTheMaterialisedOnes();
    void aTapeChangesNoNumber();
    void gradientsAreDerivatives_data();
    void gradientsAreDerivatives();
    void gradientOfTheWeightsIsADerivative();
    void aFullyMaskedRowIsAllZero();
    void threadsChangeNoNumber();
};

void TestSoftmaxDot::weightsAndContextAreTheDefinition()
{
    const AttentionInputs in = twoSequences();
    Tape tape;
    const AttentionOutput out = softmaxDot().attend(in, { false, &tape });
    std::int64_t place = 0;
    for (std::size_t s = 0; s < 2; ++s)
        for (int head = 0; head < 2; ++head)
            for (std::int64_t query = 0; query < in.queryBegins[s + 1] - in.queryBegins[s]; ++query) {
                const std::vector<double> row = definition(in, s, head, query);
                double sum = 0.0, context = 0.0;
                for (std::size_t key = 0; key < row.size(); ++key) {
                    const double weight = double(out.weights.value().at(place++));
                    QVERIFY(std::fabs(weight - row[key]) < 1e-6);
                    QVERIFY(row[key] > 0.0 || weight == 0.0); // masked is exactly 0
                    sum += weight;
                    context += row[key] * double(in.v.value().row(in.keyBegins[s] + std::int64_t(key))[std::size_t(head * 2)]);
                }
                QVERIFY(std::fabs(sum - 1.0) < 1e-6);
                QVERIFY(std::fabs(context - double(out.context.value().row(in.queryBegins[s] + query)[std::size_t(head * 2)])) < 1e-5);
            }
}

void TestSoftmaxDot::lazyMapsAreTheMaterialisedOnes_data()
{
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("masked");
    QTest::addColumn<bool>("causal");
    QTest::newRow("one token") << 1 << false << false;
    QTest::newRow("short") << 7 << false << false;
    QTest::newRow("masked") << 7 << true << false;
    QTest::newRow("causal") << 9 << false << true;
    QTest::newRow("more rows than a tile, masked and causal") << 150 << true << true;
}

void TestSoftmaxDot::lazyMapsAreTheMaterialisedOnes()
{
    QFETCH(int, length);
    QFETCH(bool, masked);
    QFETCH(bool, causal);
    std::vector<std::uint8_t> mask;
    for (int i = 0; masked && i < length; ++i)
        mask.push_back(i % 3 == 2 ? 0 : 1);
    AttentionInputs in = oneSequence(length, mask);
    if (causal)
        in.span = causalSpan();
    const AttentionOutput recorded = softmaxDot().attend(in, { true, nullptr });
    Tape tape;
    const Tensor all = softmaxDot().attend(in, { false, &tape }).weights.value();
    const std::int64_t n = length;
    const AttentionOutput written = softmaxDot().attend(in, { .record = true, .maps = true });
    QVERIFY(written.maps.shape() == Shape({ 2, n, n }) && recorded.maps.empty());
    for (std::int64_t i = 0; i < 2 * n * n; ++i)
        QVERIFY(std::fabs(written.maps.at(i) - all.at(i)) < 1e-6f);
    QVERIFY(std::ranges::equal(written.context.value().floats(), recorded.context.value().floats()));
    std::vector<float> block(static_cast<std::size_t>(n * n));
    for (int head = 0; head < 2; ++head) {
        recorded.source->weights(head, { 0, n, 0, n }, block);
        for (std::int64_t i = 0; i < n * n; ++i) {
            const float full = all.at(head * n * n + i);
            QVERIFY(std::fabs(block[std::size_t(i)] - full) < 1e-6f);
            const bool seen = visible(in, 0, i / n, i % n, n);
            QVERIFY(seen || (block[std::size_t(i)] == 0.0f && full == 0.0f));
        }
        // A block from the middle holds the same numbers as the whole.
        const Block middle { n / 3, n - n / 4, n / 5, n };
        std::vector<float> part(static_cast<std::size_t>(middle.rows() * middle.columns()));
        recorded.source->weights(head, middle, part);
        for (std::int64_t i = 0; i < middle.rows() * middle.columns(); ++i)
            QCOMPARE(part[std::size_t(i)],
                block[std::size_t((middle.firstRow + i / middle.columns()) * n + middle.firstColumn + i % middle.columns())]);
        for (const RowStatistics& row : recorded.summaries[std::size_t(head)].rows())
            QVERIFY(std::fabs(row.sum - 1.0f) < 1e-5f);
    }
}

void TestSoftmaxDot::aTapeChangesNoNumber()
{
    const AttentionInputs in = oneSequence(70);
    Tape tape;
    const Tensor plain = softmaxDot().attend(in, {}).context.value();
    const Tensor taped = softmaxDot().attend(in, { false, &tape }).context.value();
    for (std::int64_t i = 0; i < plain.count(); ++i)
        QVERIFY(std::fabs(plain.at(i) - taped.at(i)) < 1e-6f);
}

void TestSoftmaxDot::gradientsAreDerivatives_data()
{
    QTest::addColumn<bool>("causal");
    QTest::newRow("every key") << false;
    QTest::newRow("causal") << true;
}

void TestSoftmaxDot::gradientsAreDerivatives()
{
    QFETCH(bool, causal);
    const AttentionInputs start = twoSequences();
    const std::array<Tensor, 3> inputs { start.q.value(), start.k.value(), start.v.value() };
    const GradientCheck check = checkGradients(inputs, [&](std::span<const Var> x) {
        AttentionInputs in = start;
        in.q = x[0];
        in.k = x[1];
        in.v = x[2];
        if (causal)
            in.span = causalSpan();
        return softmaxDot().attend(in, { false, x[0].tape() }).context;
    });
    QVERIFY2(check.error < 2e-4, qPrintable(QString("input %1, number %2: %3, by differences %4")
                                                .arg(check.input).arg(check.index).arg(check.analytic).arg(check.numeric)));
}

void TestSoftmaxDot::gradientOfTheWeightsIsADerivative()
{
    const AttentionInputs in = twoSequences();
    Tape tape;
    const AttentionOutput out = softmaxDot().attend(in, { false, &tape });
    tape.backward(out.context, Tensor::filled(out.context.shape(), 1.0f));
    const Tensor gradient = tape.gradient(out.weights);
    QCOMPARE(gradient.count(), out.weights.value().count());
    // d Σ context / d weight(query, key) = Σ of that head's values of the key, whatever the query: first head, first row.
    for (std::int64_t key = 0; key < 4; ++key) {
        const std::span<const float> v = in.v.value().row(key);
        QVERIFY(std::fabs(gradient.at(key) - (v[0] + v[1])) < 1e-5f);
    }
}

void TestSoftmaxDot::aFullyMaskedRowIsAllZero()
{
    const AttentionInputs in = oneSequence(5, { 0, 0, 0, 0, 0 });
    const AttentionOutput out = softmaxDot().attend(in, { true, nullptr });
    std::vector<float> block(25, 1.0f);
    out.source->weights(1, { 0, 5, 0, 5 }, block);
    for (const float weight : block)
        QCOMPARE(weight, 0.0f);
    for (const float value : out.context.value().floats())
        QCOMPARE(value, 0.0f);
}

void TestSoftmaxDot::threadsChangeNoNumber()
{
    const AttentionInputs in = oneSequence(200);
    const int before = threadCount();
    setThreadCount(1);
    const Tensor one = softmaxDot().attend(in, {}).context.value();
    setThreadCount(5);
    const Tensor five = softmaxDot().attend(in, {}).context.value();
    setThreadCount(before);
    QVERIFY(std::equal(one.floats().begin(), one.floats().end(), five.floats().begin()));
}

HEADLIGHT_TEST_MAIN(TestSoftmaxDot)
#include "tst_softmax_dot.moc"
