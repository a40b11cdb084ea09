// MXFP4 against the published table of its numbers (OCP Microscaling Formats v1.0, table 5) and in matrix
// products.

#include "core/io/parameter_store.h"
#include "core/tensor/matmul.h"
#include "tests/support/test_main.h"

using namespace headlight;

namespace {

Tensor bytesOf(const Shape& shape, const std::function<int(int)>& byte)
{
    std::vector<std::byte> bytes;
    for (int i = 0; i < int(shape.count()); ++i)
        bytes.push_back(std::byte(byte(i)));
    return Tensor::fromBytes(shape, DType::U8, std::move(bytes));
}

/// Two parts of three rows of 64 numbers.
Tensor blocks()
{
    return bytesOf({ 2, 3, 2, 16 }, [](int i) { return (i * 37 + i / 16 * 11) & 255; });
}

Tensor scales()
{
    return bytesOf({ 2, 3, 2 }, [](int i) { return 124 + i % 7; });
}

} // namespace

class TestMxfp4 : public test::TestCase {
    Q_OBJECT
private slots:
    void everyNumber();
    void partsAndShapes();
    void productsAreThoseOfTheExpandedNumbers();
    void aStoreJoinsBlocksAndScales();
};

void TestMxfp4::everyNumber()
{
    const std::array<float, 8> table{ 0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f };
    // Byte i holds number 2i in its lower half: here i and 15 − i.
    const Tensor one = Tensor::scaledBlocks(bytesOf({ 1, 16 }, [](int i) { return i | (15 - i) << 4; }),
        bytesOf({ 1 }, [](int) { return 127 + 3; }));
    QCOMPARE(one.dtype(), DType::MXFP4);
    QCOMPARE(one.shape(), (Shape{ 32 }));
    QCOMPARE(one.bytes(), std::size_t(17));
    const Tensor floats = one.toFloat();
    for (int i = 0; i < 16; ++i) {
        const auto value = [&](int bits) {
            return 8.0f * (bits < 8 ? 1.0f : -1.0f) * table[std::size_t(bits % 8)];
        };
        QCOMPARE(floats.at(2 * i), value(i));
        QCOMPARE(floats.at(2 * i + 1), value(15 - i));
    }
}

void TestMxfp4::partsAndShapes()
{
    const Tensor all = Tensor::scaledBlocks(blocks(), scales());
    QCOMPARE(all.shape(), (Shape{ 2, 3, 64 }));
    const Tensor floats = all.toFloat(), second = all.slice(1, 2).reshaped({ 3, 64 });
    QVERIFY(second.data() == all.data() + 96); // no copy
    const Tensor expanded = second.toFloat();
    for (std::int64_t i = 0; i < expanded.count(); ++i)
        QCOMPARE(expanded.at(i), floats.at(192 + i));
    std::vector<float> middle(32);
    second.expand(96, 32, middle.data());
    QCOMPARE(middle[5], expanded.at(101));
}

void TestMxfp4::productsAreThoseOfTheExpandedNumbers()
{
    const Tensor weight = Tensor::scaledBlocks(blocks(), scales()).slice(1, 2).reshaped({ 3, 64 });
    const Tensor x = Tensor::make({ 2, 64 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = std::sin(float(i));
    });
    const Tensor y = linear(x, weight, Tensor()), expected = linear(x, weight.toFloat(), Tensor());
    for (std::int64_t i = 0; i < y.count(); ++i)
        QVERIFY(std::fabs(y.at(i) - expected.at(i)) < 1e-4f);
}

void TestMxfp4::aStoreJoinsBlocksAndScales()
{
    const ParameterStore store(
        { { "up_blocks", blocks() }, { "up_scales", scales() }, { "lone_blocks", blocks() } });
    QVERIFY(store.find("up") != nullptr);
    QCOMPARE(store.find("up")->dtype(), DType::MXFP4);
    QVERIFY(store.find("up_blocks") == nullptr && store.find("up_scales") == nullptr);
    QCOMPARE(store.find("lone_blocks")->dtype(), DType::U8);
    QCOMPARE(store.dominantType(), DType::MXFP4); // 384 numbers against 192
}

HEADLIGHT_TEST_MAIN(TestMxfp4)
#include "tst_mxfp4.moc"
