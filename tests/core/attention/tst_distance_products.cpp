// DeBERTa's distance terms against their formula (He et al. 2021, eq. 4, worked out in double) and against finite
// differences. The whole models are held against the reference in tst_golden_models.

#include "core/attention/distance_products.h"
#include "core/attention/mechanism.h"
#include "core/autodiff/gradient_check.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

constexpr int heads = 2;
constexpr std::int64_t size = 3, buckets = 7;

std::int64_t bucketOf(std::int64_t distance)
{
    return std::clamp<std::int64_t>(distance, -3, 3) + 3;
}

/// Two texts of 4 and 6 tokens; tables for each head, or shared by both.
std::vector<Tensor> inputs(bool shared)
{
    const std::int64_t width = shared ? size : heads * size;
    return { test::randomTensor({ 10, heads * size }, 1), test::randomTensor({ 10, heads * size }, 2),
        test::randomTensor({ buckets, width }, 3), test::randomTensor({ buckets, width }, 4) };
}

DistanceTerms terms(std::span<const Var> in)
{
    return { in[0], in[1], in[2], in[3], heads, 0.5f, { 0, 4, 10 }, bucketOf };
}

} // namespace

class TestDistanceProducts : public test::TestCase {
    Q_OBJECT
private slots:
    void anyBlockIsTheFormula_data();
    void anyBlockIsTheFormula();
    void aTermMayBeMissing();
    void gradientsAreDerivatives_data();
    void gradientsAreDerivatives();
    void bucketsAreTheReferences_data();
    void bucketsAreTheReferences();
};

void TestDistanceProducts::anyBlockIsTheFormula_data()
{
    QTest::addColumn<bool>("shared");
    QTest::newRow("a table per head") << false;
    QTest::newRow("one table") << true;
}

void TestDistanceProducts::anyBlockIsTheFormula()
{
    QFETCH(bool, shared);
    const std::vector<Tensor> in = inputs(shared);
    const auto bias = distanceProducts(terms(std::vector<Var>(in.begin(), in.end())));
    const std::vector<std::int64_t> begins { 0, 4, 10 };
    for (std::int64_t s = 0; s < 2; ++s)
        for (int head = 0; head < heads; ++head) {
            const std::int64_t length = begins[std::size_t(s) + 1] - begins[std::size_t(s)], column = shared ? 0 : head * size;
            const Block block { 1, length, 0, length - 1 };
            std::vector<float> out(std::size_t(block.rows() * block.columns()), 10.0f); // it adds
            bias->add({ s, head, length, length }, block, out.data());
            for (std::int64_t i = block.firstRow; i < block.lastRow; ++i)
                for (std::int64_t j = 0; j < block.lastColumn; ++j) {
                    double expected = 0.0;
                    for (std::int64_t d = 0; d < size; ++d) {
                        const auto number = [](const Tensor& t, std::int64_t row, std::int64_t at) { return double(t.row(row)[std::size_t(at)]); };
                        const std::int64_t begin = begins[std::size_t(s)];
                        expected += number(in[0], begin + i, head * size + d) * number(in[2], bucketOf(i - j), column + d)
                            + number(in[1], begin + j, head * size + d) * number(in[3], bucketOf(i - j), column + d);
                    }
                    const float got = out[std::size_t((i - block.firstRow) * block.columns() + j)];
                    QVERIFY(std::fabs(10.0 + 0.5 * expected - double(got)) < 1e-5);
                }
        }
}

void TestDistanceProducts::aTermMayBeMissing()
{
    const std::vector<Tensor> in = inputs(false);
    DistanceTerms both = terms(std::vector<Var>(in.begin(), in.end())), first = both, second = both, none = both;
    first.queryOfDistance = second.keyOfDistance = none.queryOfDistance = none.keyOfDistance = Var();
    const auto sum = [](const DistanceTerms& t) {
        std::vector<float> out(36, 0.0f);
        distanceProducts(t)->add({ 1, 1, 6, 6 }, { 0, 6, 0, 6 }, out.data());
        return out;
    };
    const std::vector<float> a = sum(first), b = sum(second), all = sum(both);
    for (std::size_t i = 0; i < all.size(); ++i)
        QVERIFY(std::fabs(a[i] + b[i] - all[i]) < 1e-6f);
    QCOMPARE(sum(none), std::vector<float>(36, 0.0f));
    QVERIFY(distanceProducts(none)->inputs().empty());
    QCOMPARE(distanceProducts(second)->inputs().size(), std::size_t(2));
}

void TestDistanceProducts::gradientsAreDerivatives_data()
{
    anyBlockIsTheFormula_data();
}

void TestDistanceProducts::gradientsAreDerivatives()
{
    QFETCH(bool, shared);
    std::vector<Tensor> in = inputs(shared);
    in.push_back(test::randomTensor({ 10, heads * size }, 5));
    const GradientCheck check = checkGradients(in, [](std::span<const Var> vars) {
        AttentionInputs attention;
        attention.q = vars[0];
        attention.k = vars[1];
        attention.v = vars[4];
        attention.heads = heads;
        attention.scale = 0.5f;
        attention.bias = distanceProducts(terms(vars));
        attention.queryBegins = attention.keyBegins = { 0, 4, 10 };
        attention.keyMasks = { {}, { 1, 1, 1, 1, 1, 0 } };
        return softmaxDot().attend(attention, { false, vars[0].tape() }).context;
    });
    QVERIFY2(check.error < 2e-4, qPrintable(QString("input %1 at %2: %3, %4").arg(check.input).arg(check.index).arg(check.analytic).arg(check.numeric)));
}

void TestDistanceProducts::bucketsAreTheReferences_data()
{
    QTest::addColumn<int>("buckets");
    QTest::addColumn<int>("longest");
    QTest::addColumn<QList<int>>("distances");
    QTest::addColumn<QList<int>>("expected");
    // The formula of make_log_bucket_position in huggingface/transformers, worked out with numpy in f32.
    QTest::newRow("16 buckets to 80") << 16 << 80 << QList<int> { 0, 1, 8, 9, 16, 26, 40, 79, 80, 160, -3, -16, -80 }
        << QList<int> { 0, 1, 8, 9, 11, 12, 13, 15, 16, 18, -3, -11, -16 };
    QTest::newRow("8 buckets to 80") << 8 << 80 << QList<int> { 4, 5, 8, 26, 40, 79, 80, 160, -8, -80 }
        << QList<int> { 4, 5, 5, 6, 7, 7, 8, 8, -5, -8 };
    QTest::newRow("256 buckets to 512") << 256 << 512 << QList<int> { 128, 129, 170, 256, 511, 512, 1024, -256, -512 }
        << QList<int> { 128, 129, 155, 192, 255, 256, 319, -192, -256 };
}

void TestDistanceProducts::bucketsAreTheReferences()
{
    QFETCH(int, buckets);
    QFETCH(int, longest);
    QFETCH(QList<int>, distances);
    QFETCH(QList<int>, expected);
    for (qsizetype i = 0; i < distances.size(); ++i)
        QCOMPARE(int(logBucket(distances[i], buckets, longest)), expected[i]);
}

HEADLIGHT_TEST_MAIN(TestDistanceProducts)
#include "tst_distance_products.moc"
