// Products with packed weights against sums in double precision: sizes that end in the middle of a panel, a
// group of rows or a block, both orders of a weight, and every instruction set this processor has. Then when
// panels are made and go.

#include "core/tensor/packed_products.h"
#include "core/tensor/packed_weights.h"
#include "tests/support/instruction_sets.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestPackedProducts : public test::TestCase {
    Q_OBJECT
private slots:
    void cleanup() { test::useBest(0); }
    void agreesWithSumsInDouble_data();
    void agreesWithSumsInDouble();
    void panelsComeWithUseAndGoWithTheirWeight();
    void anotherWeightAtTheSamePlaceHasItsOwn();
    void smallAndStoredWeightsHaveNone();
};

namespace {

/// x · weight + bias at [row,column] in double precision.
double expected(const Tensor& x, const Tensor& weight, Transpose transpose, const Tensor& bias,
    std::int64_t row, std::int64_t column)
{
    const std::int64_t inner = x.shape().columns(), outer = bias.count();
    double sum = bias.at(column);
    for (std::int64_t k = 0; k < inner; ++k)
        sum += double(x.at(row * inner + k))
            * double(weight.at(transpose == Transpose::Yes ? column * inner + k : k * outer + column));
    return sum;
}

/// Multiplies until the panels are there; they come little by little.
bool comesToPanels(const Tensor& weight)
{
    for (int i = 0; i < 300; ++i) {
        if (!panelsOf(weight, Transpose::Yes).empty())
            return true;
        QTest::qSleep(2);
    }
    return false;
}

} // namespace

void TestPackedProducts::agreesWithSumsInDouble_data()
{
    QTest::addColumn<qint64>("disabled");
    QTest::addColumn<bool>("byRows");
    constexpr std::int64_t wide = HWY_AVX3 | HWY_AVX3_DL, all = wide | HWY_AVX2;
    for (const auto& [name, disabled] : std::vector<std::pair<const char*, qint64>>{
             { "best", 0 }, { "without AVX-512", wide }, { "without AVX2", all } })
        for (const bool byRows : { true, false })
            QTest::addRow("%s, %s", name, byRows ? "row by row" : "column by column") << disabled << byRows;
}

void TestPackedProducts::agreesWithSumsInDouble()
{
    QFETCH(qint64, disabled);
    QFETCH(bool, byRows);
    test::useBest(disabled);
    const Transpose transpose = byRows ? Transpose::Yes : Transpose::No;
    const std::int64_t width = panelWidth();
    if (width == 0)
        return; // such products stay with the library
    for (const std::int64_t rows : { 1, 3, 8, 13, 193, 390 })
        for (const std::int64_t outer : { std::int64_t(1), width - 1, width, 2 * width + 5 })
            for (const std::int64_t inner : { 1, 17, 1024, 2051 }) {
                const Tensor x = test::randomTensor({ rows, inner }, 1),
                             bias = test::randomTensor({ outer }, 3);
                const Tensor weight = byRows ? test::randomTensor({ outer, inner }, 2)
                                             : test::randomTensor({ inner, outer }, 2);
                const Tensor panels = packed(weight, transpose);
                std::vector<float> y(std::size_t(rows * outer + 1), 77.0f);
                for (std::int64_t first = 0; first < outer; first += width)
                    packedProduct({ rows, inner, outer, x.floats().data(), panels.floats().data(),
                                      bias.floats().data(), y.data() },
                        first, std::min(first + width, outer));
                const std::int64_t step = rows > 100 ? 37 : 1;
                for (std::int64_t i = 0; i < rows; i += step)
                    for (std::int64_t j = 0; j < outer; ++j)
                        QVERIFY2(std::abs(double(y[std::size_t(i * outer + j)])
                                     - expected(x, weight, transpose, bias, i, j))
                                < 1.2e-7 * double(inner + 4),
                            qPrintable(
                                QString("%1x%2x%3 at %4,%5").arg(rows).arg(inner).arg(outer).arg(i).arg(j)));
                QCOMPARE(y.back(), 77.0f);
            }
}

void TestPackedProducts::panelsComeWithUseAndGoWithTheirWeight()
{
    if (panelWidth() == 0)
        return;
    Tensor weight = test::randomTensor({ 300, 400 }, 5);
    const Tensor x = test::randomTensor({ 7, 400 }, 6), bias = test::randomTensor({ 300 }, 7);
    const std::size_t before = packedBytes();
    const Tensor first = linear(x, weight, bias);
    QCOMPARE(packedBytes(), before); // the first result does not wait for them
    QVERIFY(comesToPanels(weight));
    QVERIFY(packedBytes() >= before + weight.bytes());
    const Tensor later = linear(x, weight, bias);
    for (std::int64_t i = 0; i < first.count(); ++i)
        QVERIFY(std::abs(first.at(i) - later.at(i)) < 5e-5f);
    weight = {};
    QCOMPARE(packedBytes(), before);
}

void TestPackedProducts::anotherWeightAtTheSamePlaceHasItsOwn()
{
    if (panelWidth() == 0)
        return;
    std::vector<float> numbers = test::randomNumbers(300 * 400, 8);
    const auto view = [&] { // an owner of its own each time
        return Tensor::view(std::make_shared<int>(), numbers.data(), DType::F32, { 300, 400 });
    };
    for (int i = 0; i < 5; ++i)
        QVERIFY(panelsOf(view(), Transpose::Yes).empty()); // every use is the first
    const Tensor old = view();
    QVERIFY(comesToPanels(old));
    QVERIFY(panelsOf(view(), Transpose::Yes).empty());
}

void TestPackedProducts::smallAndStoredWeightsHaveNone()
{
    QVERIFY(!comesToPanels(test::randomTensor({ 10, 10 }, 1)));
    QVERIFY(!comesToPanels(test::randomTensor({ 300, 400 }, 1).converted(DType::BF16)));
}

HEADLIGHT_TEST_MAIN(TestPackedProducts)
#include "tst_packed_products.moc"
