// Matrix products against a plain triple loop in double, for shapes with every kind of rest, and linear maps over every
// stored type. Numbers may not depend on how many threads there are.

#include "core/base/parallel_for.h"
#include "core/tensor/compute.h"
#include "core/tensor/matmul.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

#include <thread>

using namespace headlight;

class TestMatmul : public test::TestCase {
    Q_OBJECT
private slots:
    void cleanup() { setThreadCount(int(std::max(1u, std::thread::hardware_concurrency()))); }
    void agreesWithATripleLoop_data();
    void agreesWithATripleLoop();
    void writesNothingBesideTheResult();
    void sumsOverNothing();
    void threadsDoNotChangeTheNumbers_data();
    void threadsDoNotChangeTheNumbers();
    void linearOverStoredTypes_data();
    void linearOverStoredTypes();
    void linearTransposedOverStoredTypes_data() { linearOverStoredTypes_data(); }
    void linearTransposedOverStoredTypes();
    void linearOfUnalignedParameters();
    void bfloatRoundsOperandsAndNothingElse_data();
    void bfloatRoundsOperandsAndNothingElse();
    void mistakesAreCaught();
};

namespace {

/// An operand with `padding` numbers between its rows.
struct Operand {
    std::vector<float> numbers;
    MatrixView view;
    Operand(std::int64_t rows, std::int64_t columns, Transpose transpose, std::int64_t padding, std::uint32_t seed)
    {
        const std::int64_t height = transpose == Transpose::Yes ? columns : rows, width = transpose == Transpose::Yes ? rows : columns;
        numbers = test::randomNumbers(std::size_t(height * (width + padding)), seed);
        view = { numbers.data(), width + padding, transpose };
    }
    double at(std::int64_t row, std::int64_t column) const
    {
        const bool turned = view.transpose == Transpose::Yes;
        return double(view.data[turned ? column * view.stride + row : row * view.stride + column]);
    }
};

double reference(const Product& p, const Operand& a, const Operand& b, std::int64_t row, std::int64_t column, double before)
{
    double sum = 0.0;
    for (std::int64_t k = 0; k < p.k; ++k)
        sum += a.at(row, k) * b.at(k, column);
    return double(p.alpha) * sum + double(p.beta) * before;
}

/// Sums of k products of numbers below one: the error of f32 grows with k at most.
double tolerance(std::int64_t k)
{
    return 1.2e-7 * double(k + 4);
}

struct Case {
    Product product;
    Transpose a, b;
    std::int64_t padding;
};

} // namespace

Q_DECLARE_METATYPE(Case)

void TestMatmul::agreesWithATripleLoop_data()
{
    QTest::addColumn<Case>("wanted");
    const std::vector<std::array<std::int64_t, 3>> shapes { { 1, 1, 1 }, { 1, 7, 13 }, { 7, 1, 13 }, { 5, 3, 1 }, { 17, 31, 64 },
        { 33, 65, 129 }, { 64, 64, 64 }, { 100, 3, 250 }, { 3, 200, 77 }, { 48, 16, 512 } };
    for (const auto& [m, n, k] : shapes)
        for (const Transpose a : { Transpose::No, Transpose::Yes })
            for (const Transpose b : { Transpose::No, Transpose::Yes })
                for (const std::int64_t padding : { 0, 3 })
                    QTest::addRow("%lld x %lld x %lld %d%d, padding %lld", (long long)m, (long long)k, (long long)n, int(a), int(b), (long long)padding)
                        << Case { { m, n, k, padding == 0 ? 1.0f : -0.5f, padding == 0 ? 0.0f : 2.0f }, a, b, padding };
}

void TestMatmul::agreesWithATripleLoop()
{
    QFETCH(Case, wanted);
    const Product& p = wanted.product;
    const Operand a(p.m, p.k, wanted.a, wanted.padding, 1), b(p.k, p.n, wanted.b, wanted.padding, 2);
    const std::int64_t stride = p.n + wanted.padding;
    const std::vector<float> before = test::randomNumbers(std::size_t(p.m * stride), 3);
    for (const auto product : { multiply, multiplyParallel }) {
        std::vector<float> result = before;
        product(p, a.view, b.view, result.data(), stride);
        for (std::int64_t i = 0; i < p.m; ++i)
            for (std::int64_t j = 0; j < p.n; ++j) {
                const auto place = std::size_t(i * stride + j);
                const double expected = reference(p, a, b, i, j, double(before[place]));
                QVERIFY2(std::abs(double(result[place]) - expected) <= tolerance(p.k), qPrintable(QString("%1,%2").arg(i).arg(j)));
            }
    }
}

void TestMatmul::writesNothingBesideTheResult()
{
    constexpr std::int64_t m = 37, n = 19, k = 23, stride = 32;
    const Operand a(m, k, Transpose::No, 0, 1), b(k, n, Transpose::No, 0, 2);
    for (const auto product : { multiply, multiplyParallel }) {
        std::vector<float> result(m * stride, 77.0f);
        product({ m, n, k }, a.view, b.view, result.data(), stride);
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = n; j < stride; ++j)
                QCOMPARE(result[std::size_t(i * stride + j)], 77.0f);
    }
}

void TestMatmul::sumsOverNothing()
{
    std::vector<float> result(6, 5.0f);
    const float none = 0.0f;
    multiply({ 2, 3, 0 }, { &none, 1 }, { &none, 3 }, result.data(), 3);
    QCOMPARE(result, std::vector<float>(6, 0.0f)); // an empty sum is zero
    result.assign(6, 5.0f);
    multiply({ 2, 3, 0, 1.0f, 2.0f }, { &none, 1 }, { &none, 3 }, result.data(), 3);
    QCOMPARE(result, std::vector<float>(6, 10.0f));
    multiply({ 0, 3, 4 }, { &none, 4 }, { &none, 3 }, result.data(), 3);
    QCOMPARE(result, std::vector<float>(6, 10.0f));
}

void TestMatmul::threadsDoNotChangeTheNumbers_data()
{
    QTest::addColumn<qint64>("rows");
    QTest::addColumn<qint64>("inner");
    QTest::addColumn<qint64>("outer");
    QTest::addColumn<int>("type");
    for (const int type : { int(DType::F32), int(DType::F16) })
        for (const auto& [rows, inner, outer] : std::vector<std::array<qint64, 3>> {
                 { 17, 512, 96 }, { 128, 768, 129 }, { 33, 384, 1000 }, { 1, 768, 3072 }, { 257, 64, 64 }, { 49, 3072, 50 } })
            QTest::addRow("%lld x %lld x %lld %s", rows, inner, outer, std::string(name(DType(type))).c_str()) << rows << inner << outer << type;
}

void TestMatmul::threadsDoNotChangeTheNumbers()
{
    QFETCH(qint64, rows);
    QFETCH(qint64, inner);
    QFETCH(qint64, outer);
    QFETCH(int, type);
    const Tensor x = test::randomTensor({ rows, inner }, 1);
    const Tensor weight = test::randomTensor({ outer, inner }, 2).converted(DType(type)), bias = test::randomTensor({ outer }, 3);
    setThreadCount(1);
    const Tensor expected = linear(x, weight, bias);
    for (const int threads : { 2, 3, 5 }) {
        setThreadCount(threads);
        const Tensor got = linear(x, weight, bias);
        for (std::int64_t i = 0; i < got.count(); ++i) // the library sums in an order that depends on how the work is cut
            QVERIFY(std::abs(got.at(i) - expected.at(i)) <= 2e-6f * std::sqrt(float(inner)) * std::max(1.0f, std::abs(expected.at(i))));
    }
}

void TestMatmul::linearOverStoredTypes_data()
{
    QTest::addColumn<int>("type");
    for (const DType type : { DType::F32, DType::F16, DType::BF16 })
        QTest::newRow(std::string(name(type)).c_str()) << int(type);
}

void TestMatmul::linearOverStoredTypes()
{
    QFETCH(int, type);
    constexpr std::int64_t inner = 3000, outer = 131; // three panels of expanded numbers, the last one short
    const Tensor x = test::randomTensor({ 2, 3, inner }, 4);
    const Tensor weight = test::randomTensor({ outer, inner }, 5).converted(DType(type)), exact = weight.toFloat();
    const Tensor bias = test::randomTensor({ outer }, 6).converted(DType(type)), exactBias = bias.toFloat();
    const Tensor withBias = linear(x, weight, bias), without = linear(x, weight, {});
    QVERIFY((withBias.shape() == Shape { 2, 3, outer }));
    for (std::int64_t i = 0; i < 6; ++i)
        for (std::int64_t j = 0; j < outer; ++j) {
            double sum = 0.0;
            for (std::int64_t k = 0; k < inner; ++k)
                sum += double(x.at(i * inner + k)) * double(exact.at(j * inner + k));
            QVERIFY(std::abs(double(without.at(i * outer + j)) - sum) < 2e-4);
            QVERIFY(std::abs(double(withBias.at(i * outer + j)) - sum - double(exactBias.at(j))) < 2e-4);
        }
}

void TestMatmul::linearTransposedOverStoredTypes()
{
    QFETCH(int, type);
    constexpr std::int64_t inner = 400, outer = 1100; // panels of 256 columns, the last one short
    const Tensor x = test::randomTensor({ 3, inner }, 4);
    const Tensor weight = test::randomTensor({ inner, outer }, 5).converted(DType(type)), exact = weight.toFloat();
    const Tensor bias = test::randomTensor({ outer }, 6).converted(DType(type)), exactBias = bias.toFloat();
    const Tensor withBias = linearTransposed(x, weight, bias), without = linearTransposed(x, weight, {});
    QVERIFY((withBias.shape() == Shape { 3, outer }));
    for (std::int64_t i = 0; i < 3; ++i)
        for (std::int64_t j = 0; j < outer; ++j) {
            double sum = 0.0;
            for (std::int64_t k = 0; k < inner; ++k)
                sum += double(x.at(i * inner + k)) * double(exact.at(k * outer + j));
            QVERIFY(std::abs(double(without.at(i * outer + j)) - sum) < 1e-4);
            QVERIFY(std::abs(double(withBias.at(i * outer + j)) - sum - double(exactBias.at(j))) < 1e-4);
        }
}

void TestMatmul::linearOfUnalignedParameters()
{
    const Tensor x = test::randomTensor({ 3, 8 }, 7), weight = test::randomTensor({ 5, 8 }, 8), bias = test::randomTensor({ 5 }, 9);
    const auto shifted = [](const Tensor& tensor) {
        const auto bytes = std::make_shared<std::vector<std::byte>>(tensor.bytes() + 1);
        std::memcpy(bytes->data() + 1, tensor.data(), tensor.bytes());
        return Tensor::view(bytes, bytes->data() + 1, tensor.dtype(), tensor.shape());
    };
    QVERIFY(std::ranges::equal(linear(x, shifted(weight), shifted(bias)).floats(), linear(x, weight, bias).floats()));
}

void TestMatmul::bfloatRoundsOperandsAndNothingElse_data()
{
    QTest::addColumn<qint64>("inner");
    QTest::addColumn<qint64>("outer");
    QTest::addColumn<int>("type");
    for (const DType type : { DType::F32, DType::F16, DType::BF16 })
        for (const auto& [inner, outer] : std::vector<std::pair<qint64, qint64>> { { 0, 5 }, { 1, 1 }, { 97, 301 }, { 512, 600 } })
            QTest::addRow("%lld to %lld, %s", inner, outer, std::string(name(type)).c_str()) << inner << outer << int(type);
}

void TestMatmul::bfloatRoundsOperandsAndNothingElse()
{
    if (!isAvailable(Compute::Bfloat16))
        QSKIP("This processor has no bf16 instructions.");
    QFETCH(qint64, inner);
    QFETCH(qint64, outer);
    QFETCH(int, type);
    constexpr std::int64_t rows = 37;
    const Tensor x = test::randomTensor({ rows, inner }, 1), bias = test::randomTensor({ outer }, 3);
    const Tensor byRows = test::randomTensor({ outer, inner }, 2).converted(DType(type));
    const Tensor byColumns = test::randomTensor({ inner, outer }, 2).converted(DType(type));
    const ComputeScope scope(Compute::Bfloat16);
    const Tensor y = linear(x, byRows, bias), z = linearTransposed(x, byColumns, bias);
    const auto rounded = [](const Tensor& tensor) { return tensor.toFloat().converted(DType::BF16).toFloat(); };
    const Tensor a = rounded(x), b = rounded(byRows), c = rounded(byColumns);
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < outer; ++j) {
            double first = double(bias.at(j)), second = first;
            for (std::int64_t k = 0; k < inner; ++k) {
                first += double(a.at(i * inner + k)) * double(b.at(j * inner + k));
                second += double(a.at(i * inner + k)) * double(c.at(k * outer + j));
            }
            QVERIFY(std::abs(double(y.at(i * outer + j)) - first) < 1e-6 * double(inner + 4));
            QVERIFY(std::abs(double(z.at(i * outer + j)) - second) < 1e-6 * double(inner + 4));
        }
}

void TestMatmul::mistakesAreCaught()
{
    const Tensor x = Tensor::zeros({ 2, 3 });
    QVERIFY_EXCEPTION_THROWN(linear(x, Tensor::zeros({ 4, 5 }), {}), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(linear(x, Tensor::zeros({ 4, 3 }), Tensor::zeros({ 3 })), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(linearTransposed(x, Tensor::zeros({ 4, 3 }), {}), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(linearTransposed(x, Tensor::zeros({ 3, 4 }), Tensor::zeros({ 3 })), CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestMatmul)
#include "tst_matmul.moc"
