// Products with quantised weights against sums in double precision over the same numbers expanded: every
// type, every number of rows that is a case of its own, and every instruction set this processor has.

#include "core/tensor/quantised_products.h"
#include "core/tensor/tensor.h"
#include "tests/support/instruction_sets.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

#include <random>

using namespace headlight;

class TestQuantisedProducts : public test::TestCase {
    Q_OBJECT
private slots:
    void cleanup() { test::useBest(0); }
    void agreesWithSumsInDouble_data();
    void agreesWithSumsInDouble();
    void anElementDoesNotDependOnItsNeighbours();
};

namespace {

constexpr std::array<DType, 10> types{ DType::Q4_0, DType::Q4_1, DType::Q5_0, DType::Q5_1, DType::Q8_0,
    DType::Q4_K, DType::Q5_K, DType::Q6_K, DType::MXFP4, DType::MXFP4Block };

/// Any bytes, but with exponents of halves and blocks that keep the numbers near one.
Tensor randomBlocks(DType type, const Shape& shape)
{
    std::mt19937 draws(5);
    const auto blocks = shape.count() / blockSize(type);
    std::vector<std::byte> bytes(std::size_t(blocks) * byteSize(type));
    for (std::byte& byte : bytes)
        byte = std::byte(draws() & 255u);
    const auto half = [&](std::byte* at, float value) {
        const std::uint16_t bits = floatToHalf(value);
        std::memcpy(at, &bits, sizeof bits);
    };
    std::vector<std::byte> scales;
    for (std::int64_t b = 0; b < blocks; ++b) {
        std::byte* block = bytes.data() + std::size_t(b) * byteSize(type);
        const float scale = 0.001f * float(1 + draws() % 9u);
        if (type == DType::MXFP4)
            scales.push_back(std::byte(120 + draws() % 8u));
        else if (type == DType::MXFP4Block)
            block[0] = std::byte(120 + draws() % 8u);
        else
            half(type == DType::Q6_K ? block + 208 : block, scale);
        if (type == DType::Q4_K || type == DType::Q5_K || type == DType::Q4_1 || type == DType::Q5_1)
            half(block + 2, 0.7f * scale);
    }
    if (type != DType::MXFP4)
        return Tensor::fromBytes(shape, type, std::move(bytes));
    const std::int64_t perRow = shape[1] / 32;
    return Tensor::scaledBlocks(Tensor::fromBytes({ shape[0], perRow, 16 }, DType::U8, std::move(bytes)),
        Tensor::fromBytes({ shape[0], perRow }, DType::U8, std::move(scales)));
}

} // namespace

void TestQuantisedProducts::agreesWithSumsInDouble_data()
{
    QTest::addColumn<qint64>("disabled");
    QTest::addColumn<int>("type");
    constexpr std::int64_t wide = HWY_AVX3 | HWY_AVX3_DL, all = wide | HWY_AVX2;
    for (const auto& [name, disabled] : std::vector<std::pair<const char*, qint64>>{ { "best", 0 },
             { "without AVX-512", wide }, { "without AVX2", all }, { "plain", all | HWY_SSE4 | HWY_SSSE3 } })
        for (const DType type : types)
            QTest::addRow("%s, %s %d", name, std::string(headlight::name(type)).c_str(), int(byteSize(type)))
                << disabled << int(type);
}

void TestQuantisedProducts::agreesWithSumsInDouble()
{
    QFETCH(qint64, disabled);
    QFETCH(int, type);
    test::useBest(disabled);
    if (!hasQuantisedProduct(DType(type)))
        return; // expanded and left to the library
    for (const std::int64_t rows : { 0, 1, 2, 3, 4, 5, 6, 7, 13, 32 })
        for (const std::int64_t outer : { 1, 3, 4, 9 })
            for (const std::int64_t inner : { 256, 1024, 1536 }) {
                const std::int64_t xStride = inner + 3, yStride = outer + 2;
                const std::vector<float> x = test::randomNumbers(std::size_t(rows * xStride + 1), 1),
                                         bias = test::randomNumbers(std::size_t(outer), 3);
                const Tensor weight = randomBlocks(DType(type), { outer, inner }), exact = weight.toFloat();
                std::vector<float> y(std::size_t(rows * yStride + 1), 77.0f);
                quantisedProduct({ rows, outer, inner, x.data(), xStride, weight.dtype(), weight.data(),
                    weight.scales(), bias.data(), y.data(), yStride });
                for (std::int64_t i = 0; i < rows; ++i)
                    for (std::int64_t j = 0; j < yStride; ++j) {
                        double sum = j < outer ? double(bias[std::size_t(j)]) : 77.0, size = 1.0;
                        for (std::int64_t k = 0; k < inner && j < outer; ++k) {
                            const double term =
                                double(x[std::size_t(i * xStride + k)]) * double(exact.at(j * inner + k));
                            sum += term;
                            size += std::abs(term);
                        }
                        QVERIFY2(std::abs(double(y[std::size_t(i * yStride + j)]) - sum) < 2e-6 * size,
                            qPrintable(
                                QString("%1x%2x%3 at %4,%5").arg(rows).arg(inner).arg(outer).arg(i).arg(j)));
                    }
            }
}

void TestQuantisedProducts::anElementDoesNotDependOnItsNeighbours()
{
    constexpr std::int64_t rows = 13, outer = 11, inner = 2048;
    const Tensor x = test::randomTensor({ rows, inner }, 1),
                 weight = randomBlocks(DType::Q4_K, { outer, inner });
    std::vector<float> whole(rows * outer);
    quantisedProduct({ rows, outer, inner, x.floats().data(), inner, DType::Q4_K, weight.data(), nullptr,
        nullptr, whole.data(), outer });
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < outer; ++j) {
            float one = 0.0f;
            quantisedProduct({ 1, 1, inner, x.row(i).data(), inner, DType::Q4_K,
                weight.slice(j, j + 1).data(), nullptr, nullptr, &one, 1 });
            QCOMPARE(one, whole[std::size_t(i * outer + j)]);
        }
}

HEADLIGHT_TEST_MAIN(TestQuantisedProducts)
#include "tst_quantised_products.moc"
