// Element- and row-wise kernels against the C library in double, over the whole range of f32: infinities, denormals,
// NaN. Derivatives against central differences of the function itself, in long double.

#include "core/tensor/kernels.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

#include <numbers>

using namespace headlight;
using kernels::Activation;
using kernels::Function;

class TestKernels : public test::TestCase {
    Q_OBJECT
private slots:
    void exponential();
    void logarithm();
    void errorFunction();
    void hyperbolicTangent();
    void activations_data();
    void activations();
    void activationsAtTheEdges_data();
    void activationsAtTheEdges();
    void derivatives_data() { activations_data(); }
    void derivatives();
    void softmaxRows_data();
    void softmaxRows();
    void softmaxIgnoresShifts();
    void softmaxOfMaskedRows();
    void softmaxOfBrokenRows();
    void softmaxDerivative();
    void layerNorms_data();
    void layerNorms();
    void layerNormDerivative();
    void sumsAndProducts();
};

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

/// Every 20011th of all 2³² bit patterns that is a finite number: both signs, all exponents.
std::vector<float> manyFloats()
{
    std::vector<float> numbers;
    for (std::uint64_t bits = 0; bits < (std::uint64_t(1) << 32); bits += 20011)
        if (const float x = std::bit_cast<float>(std::uint32_t(bits)); std::isfinite(x))
            numbers.push_back(x);
    return numbers;
}

std::vector<float> evaluated(Function function, const std::vector<float>& x)
{
    std::vector<float> y(x.size());
    kernels::evaluate(function, x.data(), y.data(), std::int64_t(x.size()));
    return y;
}

float evaluated(Function function, float x)
{
    return evaluated(function, std::vector<float> { x }).front();
}

long double exact(Activation kind, long double x)
{
    const auto sigmoid = [](long double v) { return 1.0L / (1.0L + std::exp(-v)); };
    const long double root2 = std::numbers::sqrt2_v<long double>;
    switch (kind) {
    case Activation::Gelu: // Hendrycks & Gimpel 2016
        return x * 0.5L * std::erfc(-x / root2);
    case Activation::GeluTanh:
        return 0.5L * x * (1.0L + std::tanh(std::sqrt(2.0L / std::numbers::pi_v<long double>) * (x + 0.044715L * x * x * x)));
    case Activation::QuickGelu:
        return x * sigmoid(1.702L * x);
    case Activation::Relu:
        return std::max(x, 0.0L);
    case Activation::Silu:
        return x * sigmoid(x);
    case Activation::Tanh:
        return std::tanh(x);
    case Activation::Sigmoid:
        return sigmoid(x);
    case Activation::Identity:
        return x;
    }
    return 0.0L;
}

float activated(Activation kind, float x)
{
    float y = 0.0f;
    kernels::activate(kind, &x, &y, 1);
    return y;
}

std::vector<double> exactSoftmax(std::span<const float> row)
{
    long double top = -std::numeric_limits<long double>::infinity(), sum = 0.0L;
    for (const float x : row)
        top = std::max(top, static_cast<long double>(x));
    for (const float x : row)
        sum += std::exp(static_cast<long double>(x) - top);
    std::vector<double> weights;
    for (const float x : row)
        weights.push_back(double(std::exp(static_cast<long double>(x) - top) / sum));
    return weights;
}

} // namespace

void TestKernels::exponential()
{
    const std::vector<float> x = manyFloats(), y = evaluated(Function::Exp, x);
    double worst = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = std::exp(double(x[i])), got = double(y[i]);
        if (x[i] < -87.3f)
            worst = std::max(worst, got == 0.0 ? 0.0 : 1.0);
        else if (x[i] <= 88.0f)
            worst = std::max(worst, std::abs(got - expected) / expected);
        else
            worst = std::max(worst, std::abs(got / std::exp(88.0) - 1.0));
    }
    QVERIFY2(worst < 2e-7, qPrintable(QString::number(worst)));
    QCOMPARE(evaluated(Function::Exp, 0.0f), 1.0f);
    QCOMPARE(evaluated(Function::Exp, -infinity), 0.0f);
    QVERIFY(evaluated(Function::Exp, infinity) > 1e38f);
    QVERIFY(std::isnan(evaluated(Function::Exp, notANumber)));
}

void TestKernels::logarithm()
{
    std::vector<float> x = manyFloats();
    std::erase_if(x, [](float v) { return v < std::numeric_limits<float>::min(); });
    const std::vector<float> y = evaluated(Function::Log, x);
    double worst = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = std::log(double(x[i]));
        worst = std::max(worst, std::abs(double(y[i]) - expected) / std::max(1.0, std::abs(expected)));
    }
    QVERIFY2(worst < 3e-7, qPrintable(QString::number(worst)));
    QCOMPARE(evaluated(Function::Log, 1.0f), 0.0f);
}

void TestKernels::errorFunction()
{
    std::vector<float> x = manyFloats();
    double worst = 0.0, worstNormal = 0.0;
    const std::vector<float> normal = evaluated(Function::NormalCdf, x);
    for (std::size_t i = 0; i < x.size(); ++i)
        worstNormal = std::max(worstNormal, std::abs(double(normal[i]) - 0.5 * std::erfc(-double(x[i]) / std::numbers::sqrt2)));
    std::erase_if(x, [](float v) { return v < 0.0f; });
    const std::vector<float> erfc = evaluated(Function::ErfcPositive, x);
    for (std::size_t i = 0; i < x.size(); ++i)
        worst = std::max(worst, std::abs(double(erfc[i]) - std::erfc(double(x[i]))));
    QVERIFY2(worst < 5e-7, qPrintable(QString::number(worst)));
    QVERIFY2(worstNormal < 3e-7, qPrintable(QString::number(worstNormal)));
    QCOMPARE(evaluated(Function::NormalCdf, -infinity), 0.0f);
    QCOMPARE(evaluated(Function::NormalCdf, infinity), 1.0f);
    QVERIFY(std::isnan(evaluated(Function::NormalCdf, notANumber)));
}

void TestKernels::hyperbolicTangent()
{
    const std::vector<float> x = manyFloats();
    std::vector<float> y(x.size());
    kernels::activate(Activation::Tanh, x.data(), y.data(), std::int64_t(x.size()));
    double worst = 0.0, worstRelative = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = std::tanh(double(x[i])), error = std::abs(double(y[i]) - expected);
        worst = std::max(worst, error);
        if (std::abs(x[i]) > 1e-36f) // denormals round coarsely
            worstRelative = std::max(worstRelative, error / std::abs(expected));
    }
    QVERIFY2(worst < 2e-7, qPrintable(QString::number(worst)));
    QVERIFY2(worstRelative < 4e-6, qPrintable(QString::number(worstRelative)));
    QCOMPARE(activated(Activation::Tanh, infinity), 1.0f);
    QCOMPARE(activated(Activation::Tanh, -infinity), -1.0f);
    QVERIFY(std::isnan(activated(Activation::Tanh, notANumber)));
}

void TestKernels::activations_data()
{
    QTest::addColumn<int>("kind");
    const std::vector<const char*> names { "gelu", "gelu tanh", "quick gelu", "relu", "silu", "tanh", "sigmoid", "identity" };
    for (int kind = 0; kind < int(names.size()); ++kind)
        QTest::newRow(names[std::size_t(kind)]) << kind;
}

void TestKernels::activations()
{
    QFETCH(int, kind);
    std::vector<float> x = manyFloats(), y(x.size());
    kernels::activate(Activation(kind), x.data(), y.data(), std::int64_t(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double expected = double(exact(Activation(kind), static_cast<long double>(x[i])));
        const double allowed = 4e-7 * std::max(1.0, std::abs(std::abs(expected) < 1.0 ? std::min(std::abs(double(x[i])), 100.0) : expected));
        QVERIFY2(std::abs(double(y[i]) - expected) <= allowed, qPrintable(QString("at %1: %2, not %3").arg(double(x[i])).arg(double(y[i])).arg(expected)));
    }
    kernels::activate(Activation(kind), x.data(), x.data(), std::int64_t(x.size())); // in place
    QCOMPARE(x, y);
}

void TestKernels::activationsAtTheEdges_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<float>("x");
    QTest::addColumn<float>("expected");
    for (const Activation kind : { Activation::Gelu, Activation::GeluTanh, Activation::QuickGelu, Activation::Silu, Activation::Relu }) {
        QTest::addRow("%d at infinity", int(kind)) << int(kind) << infinity << infinity;
        QTest::addRow("%d at the lowest number", int(kind)) << int(kind) << std::numeric_limits<float>::lowest() << 0.0f;
        QTest::addRow("%d at zero", int(kind)) << int(kind) << 0.0f << 0.0f;
    }
    QTest::newRow("sigmoid at infinity") << int(Activation::Sigmoid) << infinity << 1.0f;
    QTest::newRow("sigmoid at minus infinity") << int(Activation::Sigmoid) << -infinity << 0.0f;
    QTest::newRow("sigmoid at zero") << int(Activation::Sigmoid) << 0.0f << 0.5f;
}

void TestKernels::activationsAtTheEdges()
{
    QFETCH(int, kind);
    QFETCH(float, x);
    QTEST(activated(Activation(kind), x), "expected");
    if (Activation(kind) != Activation::Relu)
        QVERIFY(std::isnan(activated(Activation(kind), notANumber)));
}

void TestKernels::derivatives()
{
    QFETCH(int, kind);
    std::vector<float> x = test::randomNumbers(2000, 7, -12.0f, 12.0f);
    for (const float far : { -3e38f, -1e20f, -1e6f, -200.0f, 200.0f, 1e6f, 1e20f, 3e38f })
        x.push_back(far);
    const std::vector<float> dy = test::randomNumbers(x.size(), 8);
    std::vector<float> dx(x.size());
    kernels::activateBackward(Activation(kind), x.data(), dy.data(), dx.data(), std::int64_t(x.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
        const long double at = static_cast<long double>(x[i]), step = 1e-6L;
        const bool far = std::abs(x[i]) > 100.0f; // there each is level, or a line through the origin
        const bool level = Activation(kind) == Activation::Tanh || Activation(kind) == Activation::Sigmoid;
        const long double slope = far ? (level ? 0.0L : exact(Activation(kind), at) / at)
                                      : (exact(Activation(kind), at + step) - exact(Activation(kind), at - step)) / (2 * step);
        const double expected = double(slope) * double(dy[i]);
        QVERIFY2(std::abs(double(dx[i]) - expected) < 3e-6, qPrintable(QString("at %1: %2, not %3").arg(double(x[i])).arg(double(dx[i])).arg(expected)));
    }
}

void TestKernels::softmaxRows_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<float>("scale");
    for (const int count : { 1, 2, 15, 16, 17, 31, 33, 64, 100, 513, 8000 })
        for (const float scale : { 0.0f, 1.0f, 20.0f, 1e4f })
            QTest::addRow("%d, scores up to %g", count, double(scale)) << count << scale;
}

void TestKernels::softmaxRows()
{
    QFETCH(int, count);
    QFETCH(float, scale);
    std::vector<float> row = test::randomNumbers(std::size_t(count), 5, -scale, scale);
    const std::vector<double> expected = exactSoftmax(row);
    long double sum = 0.0L;
    for (const float score : row)
        sum += std::exp(static_cast<long double>(score) - static_cast<long double>(scale));
    const double logSumExp = double(std::log(sum) + static_cast<long double>(scale));
    QVERIFY(std::abs(double(kernels::softmaxRow(row.data(), count)) - logSumExp) <= 1e-6 * std::max(1.0, std::abs(logSumExp)));
    // score − largest is rounded to f32 once: half a unit in the last place of up to 88, beyond which all is 0.
    const double relative = 1e-6 + std::min(2.0 * double(scale), 88.0) * 0x1p-24;
    double total = 0.0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        QVERIFY2(std::abs(double(row[i]) - expected[i]) < relative * expected[i] + 1e-37, qPrintable(QString("%1, not %2").arg(double(row[i])).arg(expected[i])));
        total += double(row[i]);
    }
    QVERIFY(std::abs(total - 1.0) < 1e-6);
}

void TestKernels::softmaxIgnoresShifts()
{
    // softmax(x + c) = softmax(x); whole numbers, so that the shift itself is exact
    std::vector<float> row = test::randomNumbers(203, 6, -8.0f, 8.0f);
    for (float& score : row)
        score = std::round(score);
    for (const float shift : { -1e6f, -1000.0f, -90.0f, 90.0f, 1000.0f, 1e6f }) {
        std::vector<float> plain = row, shifted = row;
        for (float& score : shifted)
            score += shift;
        const float a = kernels::softmaxRow(plain.data(), 203), b = kernels::softmaxRow(shifted.data(), 203);
        QCOMPARE(plain, shifted);
        QVERIFY(std::abs(double(b) - double(a) - double(shift)) < 0.1);
    }
}

void TestKernels::softmaxOfMaskedRows()
{
    std::vector<float> row = test::randomNumbers(70, 9);
    std::vector<float> kept;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (i % 3 == 0)
            row[i] = -infinity;
        else
            kept.push_back(row[i]);
    const std::vector<double> expected = exactSoftmax(kept);
    kernels::softmaxRow(row.data(), 70);
    std::size_t next = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i % 3 == 0)
            QVERIFY(row[i] == 0.0f && !std::signbit(row[i]));
        else
            QVERIFY(std::abs(double(row[i]) - expected[next++]) < 1e-7);
    }
    std::vector<float> nothing(70, -infinity);
    QCOMPARE(kernels::softmaxRow(nothing.data(), 70), -infinity);
    QCOMPARE(nothing, std::vector<float>(70, 0.0f));
}

void TestKernels::softmaxOfBrokenRows()
{
    // A score that is no number must not pass for a masked row.
    std::vector<std::vector<float>> rows { std::vector<float>(20, notANumber), std::vector<float>(20, 1.0f), std::vector<float>(20, -infinity), std::vector<float>(20, 1.0f) };
    rows[1][7] = notANumber;
    rows[2][3] = notANumber;
    rows[3][5] = infinity;
    for (std::vector<float>& row : rows) {
        kernels::softmaxRow(row.data(), 20);
        QVERIFY(std::any_of(row.begin(), row.end(), [](float w) { return std::isnan(w); }));
    }
}

void TestKernels::softmaxDerivative()
{
    // dL/dx_i = Σ_j dw_j · w_j (δ_ij − w_i), the Jacobian written out
    std::vector<float> w = test::randomNumbers(37, 10, -3.0f, 3.0f);
    kernels::softmaxRow(w.data(), 37);
    std::vector<float> dw = test::randomNumbers(37, 11), dx(37);
    kernels::softmaxRowBackward(w.data(), dw.data(), dx.data(), 37);
    for (std::size_t i = 0; i < 37; ++i) {
        double expected = 0.0;
        for (std::size_t j = 0; j < 37; ++j)
            expected += double(dw[j]) * double(w[j]) * ((i == j ? 1.0 : 0.0) - double(w[i]));
        QVERIFY(std::abs(double(dx[i]) - expected) < 1e-7);
    }
    kernels::softmaxRowBackward(w.data(), dw.data(), dw.data(), 37); // in place
    QCOMPARE(dw, dx);
}

void TestKernels::layerNorms_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<float>("mean");
    QTest::addColumn<float>("spread");
    for (const int count : { 1, 2, 17, 32, 100, 768, 1025 })
        for (const float spread : { 1e-3f, 1.0f, 1e3f })
            for (const float mean : { 0.0f, 10.0f })
                QTest::addRow("%d around %g by %g", count, double(mean), double(spread)) << count << mean * spread << spread;
    QTest::newRow("all equal") << 100 << 3.0f << 0.0f;
}

void TestKernels::layerNorms()
{
    QFETCH(int, count);
    QFETCH(float, mean);
    QFETCH(float, spread);
    const auto n = std::size_t(count);
    const std::vector<float> x = test::randomNumbers(n, 12, mean - spread, mean + spread);
    const std::vector<float> weight = test::randomNumbers(n, 13), bias = test::randomNumbers(n, 14);
    std::vector<float> y(n);
    const auto row = kernels::layerNormRow(x.data(), weight.data(), bias.data(), y.data(), count, 1e-6f);
    double average = 0.0, variance = 0.0;
    for (const float value : x)
        average += double(value) / count;
    for (const float value : x)
        variance += (double(value) - average) * (double(value) - average) / count;
    const double inverse = 1.0 / std::sqrt(variance + 1e-6);
    QVERIFY(std::abs(double(row.mean) - average) <= 1e-6 * std::max(1e-3, std::abs(average) + double(spread)));
    QVERIFY(std::abs(double(row.inverseDeviation) - inverse) <= 1e-5 * inverse);
    for (std::size_t i = 0; i < n; ++i) {
        const double expected = (double(x[i]) - average) * inverse * double(weight[i]) + double(bias[i]);
        QVERIFY2(std::abs(double(y[i]) - expected) < 2e-5, qPrintable(QString("%1, not %2").arg(double(y[i])).arg(expected)));
    }
}

void TestKernels::layerNormDerivative()
{
    constexpr std::size_t n = 23;
    const auto x = test::randomNumbers(n, 15, -2.0f, 3.0f), weight = test::randomNumbers(n, 16), bias = test::randomNumbers(n, 17), dy = test::randomNumbers(n, 18);
    const auto loss = [&](std::size_t moved, long double step) {
        std::vector<long double> v(x.begin(), x.end());
        v[moved] += step;
        long double mean = 0.0L, variance = 0.0L, sum = 0.0L;
        for (const long double value : v)
            mean += value / n;
        for (const long double value : v)
            variance += (value - mean) * (value - mean) / n;
        for (std::size_t i = 0; i < n; ++i)
            sum += static_cast<long double>(dy[i]) * ((v[i] - mean) / std::sqrt(variance + 1e-6L) * static_cast<long double>(weight[i]) + static_cast<long double>(bias[i]));
        return sum;
    };
    std::vector<float> y(n), dx(n), dWeight(n, 1.0f), dBias(n, 2.0f);
    const auto row = kernels::layerNormRow(x.data(), weight.data(), bias.data(), y.data(), n, 1e-6f);
    kernels::layerNormRowBackward(x.data(), weight.data(), dy.data(), row, { dx.data(), dWeight.data(), dBias.data() }, n);
    for (std::size_t i = 0; i < n; ++i) {
        const double expected = double((loss(i, 1e-6L) - loss(i, -1e-6L)) / 2e-6L);
        QVERIFY(std::abs(double(dx[i]) - expected) < 1e-5);
        QVERIFY(std::abs(double(dWeight[i]) - 1.0 - double(dy[i]) * (double(y[i]) - double(bias[i])) / double(weight[i])) < 1e-5);
        QCOMPARE(dBias[i], 2.0f + dy[i]);
    }
    kernels::layerNormRowBackward(x.data(), weight.data(), dy.data(), row, { y.data(), nullptr, nullptr }, n);
    QCOMPARE(y, dx);
}

void TestKernels::sumsAndProducts()
{
    for (const std::size_t n : { 0, 1, 15, 33 }) {
        const auto x = test::randomNumbers(n, 19), y = test::randomNumbers(n, 20);
        auto accumulated = y, sum = x, product = x;
        kernels::accumulate(2.0f, x.data(), accumulated.data(), std::int64_t(n));
        kernels::add(x.data(), y.data(), sum.data(), std::int64_t(n));
        kernels::multiply(x.data(), y.data(), product.data(), std::int64_t(n));
        for (std::size_t i = 0; i < n; ++i) {
            QCOMPARE(accumulated[i], y[i] + 2.0f * x[i]);
            QCOMPARE(sum[i], x[i] + y[i]);
            QCOMPARE(product[i], x[i] * y[i]);
        }
    }
    std::vector<float> total { 100, 200, 300 };
    const std::vector<float> rows { 1, 2, 3, 4, 5, 6 };
    kernels::addRows(rows.data(), total.data(), 2, 3);
    QCOMPARE(total, (std::vector<float> { 105, 207, 309 }));
}

HEADLIGHT_TEST_MAIN(TestKernels)
#include "tst_kernels.moc"
