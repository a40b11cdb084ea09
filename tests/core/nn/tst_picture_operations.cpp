// Convolution and pooling of pictures against their definitions, summed directly in double precision.

#include "core/nn/picture_operations.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestPictureOperations : public test::TestCase {
    Q_OBJECT
private slots:
    void convolutionIsADirectSum_data();
    void convolutionIsADirectSum();
    void aCaseByHand();
    void channelsAreFinished();
    void storedTypesAreExpanded();
    void maximumIsADirectOne_data();
    void maximumIsADirectOne();
    void whatDoesNotFitIsRefused();
};

namespace {

struct Window {
    int channels, outputs, height, width, kernelHeight, kernelWidth;
    WindowSteps steps;
};

/// The definition, in double.
double directSum(const Tensor& x, const Tensor& weight, const Window& w, std::int64_t n, std::int64_t i, std::int64_t j)
{
    const std::int64_t perGroup = w.channels / w.steps.groups, group = n / (w.outputs / w.steps.groups);
    double sum = 0.0;
    for (std::int64_t c = 0; c < perGroup; ++c)
        for (std::int64_t a = 0; a < w.kernelHeight; ++a)
            for (std::int64_t b = 0; b < w.kernelWidth; ++b) {
                const std::int64_t row = i * w.steps.stride + a * w.steps.dilation - w.steps.padding;
                const std::int64_t column = j * w.steps.stride + b * w.steps.dilation - w.steps.padding;
                if (row < 0 || row >= w.height || column < 0 || column >= w.width)
                    continue;
                sum += double(weight.at(((n * perGroup + c) * w.kernelHeight + a) * w.kernelWidth + b))
                    * double(x.at(((group * perGroup + c) * w.height + row) * w.width + column));
            }
    return sum;
}

} // namespace

Q_DECLARE_METATYPE(Window)

void TestPictureOperations::convolutionIsADirectSum_data()
{
    QTest::addColumn<Window>("window");
    QTest::newRow("pointwise") << Window { 5, 7, 4, 6, 1, 1, {} };
    QTest::newRow("pointwise, every other pixel") << Window { 5, 7, 5, 6, 1, 1, { .stride = 2 } };
    QTest::newRow("3 × 3 with padding") << Window { 4, 6, 9, 7, 3, 3, { .padding = 1 } };
    QTest::newRow("the first layer of a ResNet") << Window { 3, 8, 30, 41, 7, 7, { .stride = 2, .padding = 3 } };
    QTest::newRow("dilated") << Window { 2, 3, 11, 8, 3, 3, { .padding = 2, .dilation = 2 } };
    QTest::newRow("groups") << Window { 6, 4, 8, 8, 3, 3, { .padding = 1, .groups = 2 } };
    QTest::newRow("over time only") << Window { 4, 5, 1, 33, 1, 10, { .stride = 5 } };
    QTest::newRow("several blocks of rows") << Window { 16, 4, 96, 80, 5, 5, { .padding = 2 } };
}

void TestPictureOperations::convolutionIsADirectSum()
{
    QFETCH(Window, window);
    const Tensor x = test::randomTensor({ window.channels, window.height, window.width }, 1);
    const Tensor weight = test::randomTensor(
        { window.outputs, window.channels / window.steps.groups, window.kernelHeight, window.kernelWidth }, 2);
    const Tensor y = convolvePicture(x, weight, window.steps);
    QCOMPARE(y.shape()[0], std::int64_t(window.outputs));
    const std::int64_t rows = y.shape()[1], columns = y.shape()[2];
    for (std::int64_t n = 0; n < window.outputs; ++n)
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j)
                QVERIFY(std::abs(double(y.at((n * rows + i) * columns + j)) - directSum(x, weight, window, n, i, j)) < 2e-4);
}

void TestPictureOperations::aCaseByHand()
{
    // 1·1 + 2·2 + 4·3 + 5·4 = 37, and so on for the other three places.
    const Tensor x = Tensor::fromVector({ 1, 3, 3 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9 });
    const Tensor y = convolvePicture(x, Tensor::fromVector({ 1, 1, 2, 2 }, { 1, 2, 3, 4 }), {});
    QVERIFY((y.shape() == Shape { 1, 2, 2 }));
    QVERIFY(std::ranges::equal(y.floats(), std::vector<float> { 37, 47, 67, 77 }));
}

void TestPictureOperations::channelsAreFinished()
{
    const Tensor x = Tensor::fromVector({ 1, 1, 3 }, { -1, 0, 2 });
    const Tensor weight = Tensor::fromVector({ 2, 1, 1, 1 }, { 1, -1 });
    const Tensor y = convolvePicture(x, weight, {}, { { 2, 3 }, { 1, -1 }, kernels::Activation::Relu });
    QVERIFY(std::ranges::equal(y.floats(), std::vector<float> { 0, 1, 5, 2, 0, 0 }));
}

void TestPictureOperations::storedTypesAreExpanded()
{
    const Tensor x = test::randomTensor({ 3, 6, 6 }, 4), half = test::randomTensor({ 2, 3, 3, 3 }, 5).converted(DType::F16);
    QVERIFY(std::ranges::equal(convolvePicture(x, half, {}).floats(), convolvePicture(x, half.toFloat(), {}).floats()));
}

void TestPictureOperations::maximumIsADirectOne_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("padding");
    QTest::newRow("of a ResNet") << 3 << 2 << 1;
    QTest::newRow("side by side") << 2 << 2 << 0;
}

void TestPictureOperations::maximumIsADirectOne()
{
    QFETCH(int, size);
    QFETCH(int, stride);
    QFETCH(int, padding);
    // All below zero: padding must not win.
    const Tensor x = Tensor::make({ 2, 7, 9 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = -1.0f - float(i * 37 % 101);
    });
    const Tensor y = maximumPool(x, size, { .stride = stride, .padding = padding });
    const std::int64_t rows = y.shape()[1], columns = y.shape()[2];
    QCOMPARE(rows, std::int64_t((7 + 2 * padding - size) / stride + 1));
    QCOMPARE(columns, std::int64_t((9 + 2 * padding - size) / stride + 1));
    for (std::int64_t i = 0; i < y.count(); ++i) {
        const std::int64_t c = i / (rows * columns), top = i / columns % rows * stride - padding, left = i % columns * stride - padding;
        float largest = -1e9f;
        for (std::int64_t row = std::max<std::int64_t>(top, 0); row < std::min<std::int64_t>(top + size, 7); ++row)
            for (std::int64_t column = std::max<std::int64_t>(left, 0); column < std::min<std::int64_t>(left + size, 9); ++column)
                largest = std::max(largest, x.at((c * 7 + row) * 9 + column));
        QCOMPARE(y.at(i), largest);
    }
}

void TestPictureOperations::whatDoesNotFitIsRefused()
{
    const Tensor x = Tensor::zeros({ 3, 4, 4 });
    QVERIFY_EXCEPTION_THROWN(convolvePicture(x, Tensor::zeros({ 2, 2, 3, 3 }), {}), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(convolvePicture(x, Tensor::zeros({ 2, 3, 5, 5 }), {}), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(convolvePicture(x, Tensor::zeros({ 3, 1, 3, 3 }), { .groups = 2 }), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(maximumPool(x, 5, {}), CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestPictureOperations)
#include "tst_picture_operations.moc"
