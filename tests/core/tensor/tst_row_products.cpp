// Products of a few rows against sums in double precision: sizes with every kind of rest, strides, stored
// types at any address, and every instruction set this processor has.

#include "core/tensor/row_products.h"
#include "core/tensor/tensor.h"
#include "tests/support/instruction_sets.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestRowProducts : public test::TestCase {
    Q_OBJECT
private slots:
    void cleanup() { test::useBest(0); }
    void agreesWithSumsInDouble_data();
    void agreesWithSumsInDouble();
    void anElementDoesNotDependOnItsNeighbours();
    void readsNothingBeyondTheWeight();
};

void TestRowProducts::agreesWithSumsInDouble_data()
{
    QTest::addColumn<qint64>("disabled");
    QTest::addColumn<int>("type");
    constexpr std::int64_t wide = HWY_AVX3 | HWY_AVX3_DL, all = wide | HWY_AVX2;
    for (const auto& [name, disabled] : std::vector<std::pair<const char*, qint64>>{ { "best", 0 },
             { "without AVX-512", wide }, { "without AVX2", all }, { "plain", all | HWY_SSE4 | HWY_SSSE3 } })
        for (const DType type : { DType::F32, DType::F16, DType::BF16 })
            QTest::addRow("%s, %s", name, std::string(headlight::name(type)).c_str())
                << disabled << int(type);
}

void TestRowProducts::agreesWithSumsInDouble()
{
    QFETCH(qint64, disabled);
    QFETCH(int, type);
    test::useBest(disabled);
    if (!hasRowProduct(DType(type)))
        return; // such products stay with the library
    for (const std::int64_t rows : { 0, 1, 2, 3, 5, 6, 7, 13, 64 })
        for (const std::int64_t outer : { 0, 1, 2, 3, 4, 7, 33 })
            for (const std::int64_t inner : { 0, 1, 7, 16, 31, 97, 256 }) {
                const std::int64_t xStride = inner + 3, weightStride = inner + 1, yStride = outer + 2;
                const std::vector<float> x = test::randomNumbers(std::size_t(rows * xStride + 1), 1);
                const Tensor weight =
                                 test::randomTensor({ outer * weightStride + 1 }, 2).converted(DType(type)),
                             exact = weight.toFloat();
                const std::vector<float> bias = test::randomNumbers(std::size_t(outer + 1), 3);
                std::vector<std::byte> shifted(weight.bytes() + 1); // an odd address
                std::memcpy(shifted.data() + 1, weight.data(), weight.bytes());
                std::vector<float> y(std::size_t(rows * yStride + 1), 77.0f);
                rowProduct({ rows, outer, inner, x.data(), xStride, shifted.data() + 1, DType(type),
                    weightStride, bias.data(), y.data(), yStride });
                for (std::int64_t i = 0; i < rows; ++i)
                    for (std::int64_t j = 0; j < yStride; ++j) {
                        double sum = j < outer ? double(bias[std::size_t(j)]) : 77.0;
                        for (std::int64_t k = 0; k < inner && j < outer; ++k)
                            sum += double(x[std::size_t(i * xStride + k)])
                                * double(exact.at(j * weightStride + k));
                        QVERIFY2(std::abs(double(y[std::size_t(i * yStride + j)]) - sum)
                                < 1.2e-7 * double(inner + 4),
                            qPrintable(
                                QString("%1x%2x%3 at %4,%5").arg(rows).arg(inner).arg(outer).arg(i).arg(j)));
                    }
            }
}

void TestRowProducts::anElementDoesNotDependOnItsNeighbours()
{
    constexpr std::int64_t rows = 13, outer = 11, inner = 77;
    const Tensor x = test::randomTensor({ rows, inner }, 1), weight = test::randomTensor({ outer, inner }, 2);
    std::vector<float> whole(rows * outer);
    rowProduct({ rows, outer, inner, x.floats().data(), inner, weight.data(), DType::F32, inner, nullptr,
        whole.data(), outer });
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < outer; ++j) {
            float one = 0.0f;
            rowProduct({ 1, 1, inner, x.row(i).data(), inner, weight.slice(j, j + 1).data(), DType::F32,
                inner, nullptr, &one, 1 });
            QCOMPARE(one, whole[std::size_t(i * outer + j)]);
        }
}

void TestRowProducts::readsNothingBeyondTheWeight()
{
    // NaN stands behind every row; one that is read would spoil the sums.
    constexpr std::int64_t rows = 5, outer = 9, inner = 21, stride = 22;
    std::vector<float> x(rows * stride, 1.0f), weight(outer * stride, 0.5f), y(rows * outer);
    for (std::size_t i = inner; i < x.size(); i += stride)
        x[i] = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t i = inner; i < weight.size(); i += stride)
        weight[i] = std::numeric_limits<float>::quiet_NaN();
    rowProduct({ rows, outer, inner, x.data(), stride, reinterpret_cast<const std::byte*>(weight.data()),
        DType::F32, stride, nullptr, y.data(), outer });
    QCOMPARE(y, std::vector<float>(rows * outer, 0.5f * inner));
}

HEADLIGHT_TEST_MAIN(TestRowProducts)
#include "tst_row_products.moc"
