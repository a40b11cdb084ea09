// Convolution over time, group norm and weight norm: values against sums written out in the test, gradients
// against finite differences (the definition of a derivative).

#include "core/autodiff/convolution.h"

#include "core/autodiff/gradient_check.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestConvolution : public test::TestCase {
    Q_OBJECT
private slots:
    void equalsTheSum_data();
    void equalsTheSum();
    void worksInBlocks();
    void rowsThatFit_data();
    void rowsThatFit();
    void refusesShapesThatDoNotFit();
    void groupNormIsOfMeanZeroAndVarianceOne();
    void weightNormHasItsLength();
    void gradients_data();
    void gradients();
};

namespace {

struct Case {
    Shape x, weight;
    ConvolutionSteps steps;
};

/// The sum of the docstring, one number at a time, in f64.
double expectedAt(const Tensor& x, const Tensor& weight, const Tensor& bias, const ConvolutionSteps& steps,
    std::int64_t t, std::int64_t n)
{
    const std::int64_t channels = weight.shape()[1], kernel = weight.shape()[2];
    const std::int64_t group = n / (weight.shape()[0] / steps.groups);
    double sum = bias.empty() ? 0.0 : double(bias.at(n));
    for (std::int64_t c = 0; c < channels; ++c)
        for (std::int64_t k = 0; k < kernel; ++k) {
            const std::int64_t row = t * steps.stride + k - steps.padding;
            if (row >= 0 && row < x.shape()[0])
                sum += double(weight.at((n * channels + c) * kernel + k))
                    * double(x.at(row * x.shape()[1] + group * channels + c));
        }
    return sum;
}

double worst(const Case& c, bool withBias)
{
    const Tensor x = test::randomTensor(c.x, 1), weight = test::randomTensor(c.weight, 2);
    const Tensor bias = withBias ? test::randomTensor({ c.weight[0] }, 3) : Tensor();
    const Tensor y = convolve(x, weight, bias, c.steps).value();
    double largest = 0;
    for (std::int64_t t = 0; t < y.shape()[0]; ++t)
        for (std::int64_t n = 0; n < y.shape()[1]; ++n)
            largest = std::max(largest,
                std::abs(double(y.at(t * y.shape()[1] + n)) - expectedAt(x, weight, bias, c.steps, t, n)));
    return largest;
}

} // namespace

Q_DECLARE_METATYPE(Case)

void TestConvolution::equalsTheSum_data()
{
    QTest::addColumn<Case>("sizes");
    QTest::addColumn<bool>("bias");
    QTest::newRow("one channel, strided") << Case{ { 50, 1 }, { 6, 1, 10 }, { 5, 0, 1 } } << false;
    QTest::newRow("padded") << Case{ { 7, 4 }, { 5, 4, 3 }, { 1, 1, 1 } } << true;
    QTest::newRow("padded, strided") << Case{ { 8, 4 }, { 5, 4, 3 }, { 2, 1, 1 } } << true;
    QTest::newRow("grouped, even kernel") << Case{ { 9, 8 }, { 12, 2, 6 }, { 1, 3, 4 } } << true;
    QTest::newRow("every channel by itself") << Case{ { 9, 4 }, { 4, 1, 3 }, { 1, 1, 4 } } << false;
    QTest::newRow("kernel longer than the input") << Case{ { 3, 2 }, { 2, 2, 7 }, { 1, 3, 1 } } << true;
    QTest::newRow("one row") << Case{ { 3, 2 }, { 2, 2, 3 }, { 4, 0, 1 } } << true;
}

void TestConvolution::equalsTheSum()
{
    QFETCH(Case, sizes);
    QFETCH(bool, bias);
    QVERIFY(worst(sizes, bias) < 1e-5);
}

void TestConvolution::worksInBlocks()
{
    QVERIFY(worst({ { 3000, 64 }, { 8, 64, 5 }, { 2, 2, 1 } }, true) < 1e-4);
}

void TestConvolution::rowsThatFit_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("padding");
    QTest::addColumn<int>("expected");
    QTest::newRow("none") << 9 << 10 << 5 << 0 << 0;
    QTest::newRow("just one") << 10 << 10 << 5 << 0 << 1;
    QTest::newRow("a rest") << 19 << 10 << 5 << 0 << 2;
    QTest::newRow("same length") << 8 << 3 << 1 << 1 << 8;
    QTest::newRow("half") << 8 << 3 << 2 << 1 << 4;
}

void TestConvolution::rowsThatFit()
{
    QFETCH(int, rows);
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, padding);
    QFETCH(int, expected);
    QCOMPARE(convolvedRows(rows, kernel, { stride, padding, 1 }), std::int64_t(expected));
}

void TestConvolution::refusesShapesThatDoNotFit()
{
    const Tensor x = Tensor::zeros({ 5, 4 });
    QVERIFY_EXCEPTION_THROWN(convolve(x, Tensor::zeros({ 2, 3, 2 }), Var(), {}), std::exception);
    QVERIFY_EXCEPTION_THROWN(convolve(x, Tensor::zeros({ 2, 4, 6 }), Var(), {}), std::exception);
    QVERIFY_EXCEPTION_THROWN(convolve(x, Tensor::zeros({ 3, 2, 2 }), Var(), { 1, 0, 2 }), std::exception);
    QVERIFY_EXCEPTION_THROWN(
        groupNorm(x, Tensor::zeros({ 4 }), Tensor::zeros({ 4 }), 3, 1e-5f), std::exception);
}

void TestConvolution::groupNormIsOfMeanZeroAndVarianceOne()
{
    constexpr std::int64_t rows = 40, columns = 6, groups = 3;
    const Tensor x = test::randomTensor({ rows, columns }, 5, 3.0f, 9.0f);
    const Tensor y =
        groupNorm(x, Tensor::filled({ columns }, 2.0f), Tensor::filled({ columns }, 1.0f), groups, 1e-9f)
            .value();
    for (std::int64_t g = 0; g < groups; ++g) {
        double sum = 0, squares = 0;
        for (std::int64_t t = 0; t < rows; ++t)
            for (std::int64_t c = 2 * g; c < 2 * g + 2; ++c) {
                const double value = (double(y.at(t * columns + c)) - 1.0) / 2.0;
                sum += value;
                squares += value * value;
            }
        QVERIFY(std::abs(sum / (2 * rows)) < 1e-6);
        QVERIFY(std::abs(squares / (2 * rows) - 1.0) < 1e-5);
    }
}

void TestConvolution::weightNormHasItsLength()
{
    const Tensor weight =
        weightNorm(test::randomTensor({ 4, 3, 2 }, 6), Tensor::fromVector({ 1, 1, 2 }, { 2.0f, 0.5f }))
            .value();
    std::array<double, 2> squares{};
    for (std::int64_t i = 0; i < weight.count(); ++i)
        squares[std::size_t(i % 2)] += double(weight.at(i)) * double(weight.at(i));
    QVERIFY(std::abs(std::sqrt(squares[0]) - 2.0) < 1e-6);
    QVERIFY(std::abs(std::sqrt(squares[1]) - 0.5) < 1e-6);
}

using Function = std::function<Var(std::span<const Var>)>;

void TestConvolution::gradients_data()
{
    QTest::addColumn<std::vector<Shape>>("inputs");
    QTest::addColumn<Function>("function");
    const auto convolution = [](ConvolutionSteps steps) {
        return Function([steps](std::span<const Var> x) {
            return convolve(x[0], x[1], x.size() > 2 ? x[2] : Var(), steps);
        });
    };
    QTest::newRow("strided") << std::vector<Shape>{ { 12, 2 }, { 3, 2, 4 } } << convolution({ 2, 0, 1 });
    QTest::newRow("padded") << std::vector<Shape>{ { 6, 3 }, { 4, 3, 3 }, { 4 } } << convolution({ 1, 1, 1 });
    QTest::newRow("grouped") << std::vector<Shape>{ { 6, 4 }, { 6, 2, 4 }, { 6 } }
                             << convolution({ 1, 2, 2 });
    QTest::newRow("groupNorm") << std::vector<Shape>{ { 5, 6 }, { 6 },
        { 6 } } << Function([](std::span<const Var> x) { return groupNorm(x[0], x[1], x[2], 3, 1e-2f); });
    QTest::newRow("groupNorm by column") << std::vector<Shape>{ { 7, 3 }, { 3 },
        { 3 } } << Function([](std::span<const Var> x) { return groupNorm(x[0], x[1], x[2], 3, 1e-2f); });
    QTest::newRow("weightNorm") << std::vector<Shape>{ { 3, 2, 4 }, { 1, 1, 4 } }
                                << Function([](std::span<const Var> x) { return weightNorm(x[0], x[1]); });
}

void TestConvolution::gradients()
{
    QFETCH(std::vector<Shape>, inputs);
    QFETCH(Function, function);
    std::vector<Tensor> values;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        values.push_back(test::randomTensor(inputs[i], std::uint32_t(10 + i)));
    const GradientCheck check = checkGradients(values, function);
    QVERIFY2(check.error < 1e-3,
        qPrintable(QString("input %1 at %2: %3 against %4")
                       .arg(check.input)
                       .arg(check.index)
                       .arg(check.analytic)
                       .arg(check.numeric)));
}

HEADLIGHT_TEST_MAIN(TestConvolution)
#include "tst_convolution.moc"
