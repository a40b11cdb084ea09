// Quantised blocks against ggml's own expansion, bit for bit (quantised/make.py: llama.cpp as prebuilt in
// @node-llama-cpp/linux-x64 3.22.1), and all ways in which a quantised tensor is used.

#include "core/autodiff/operations.h"
#include "core/io/safetensors.h"
#include "core/tensor/matmul.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestQuantised : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void expandsAsTheReference_data();
    void expandsAsTheReference();
    void tensorsExpandInParts_data() { expandsAsTheReference_data(); }
    void tensorsExpandInParts();
    void rowsAreGathered_data() { expandsAsTheReference_data(); }
    void rowsAreGathered();
    void linearMapsExpandOnTheWay_data() { expandsAsTheReference_data(); }
    void linearMapsExpandOnTheWay();
    void blocksStayWhole();

private:
    Tensor stored(DType type, const Shape& shape) const;
    std::map<std::string, Tensor> m_reference;
};

namespace {

constexpr std::array<DType, 8> types{ DType::Q4_0, DType::Q4_1, DType::Q5_0, DType::Q5_1, DType::Q8_0,
    DType::Q4_K, DType::Q5_K, DType::Q6_K };
constexpr std::int64_t numbers = 1024; ///< per type of the fixture

DType typeOf(int index)
{
    return types[std::size_t(index)];
}

} // namespace

void TestQuantised::initTestCase()
{
    const auto file = SafetensorsFile::open(
        test::sourcePath("tests/core/tensor/quantised/blocks.safetensors").toStdString());
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    m_reference = file->tensors();
}

Tensor TestQuantised::stored(DType type, const Shape& shape) const
{
    const Tensor& bytes = m_reference.at(std::string(name(type)) + ".bytes");
    return Tensor::view(bytes.owner(), bytes.data(), type, shape);
}

void TestQuantised::expandsAsTheReference_data()
{
    QTest::addColumn<int>("type");
    for (std::size_t i = 0; i < types.size(); ++i)
        QTest::newRow(std::string(name(types[i])).c_str()) << int(i);
}

void TestQuantised::expandsAsTheReference()
{
    QFETCH(int, type);
    const Tensor expected = m_reference.at(std::string(name(typeOf(type))) + ".values").toFloat();
    const Tensor actual = stored(typeOf(type), { 4, 256 }).toFloat();
    QCOMPARE(actual.bytes(), expected.bytes());
    for (std::int64_t i = 0; i < numbers; ++i)
        QVERIFY2(std::bit_cast<std::uint32_t>(actual.at(i)) == std::bit_cast<std::uint32_t>(expected.at(i)),
            qPrintable(QString("%1: %2 for %3").arg(i).arg(actual.at(i)).arg(expected.at(i))));
}

void TestQuantised::tensorsExpandInParts()
{
    QFETCH(int, type);
    const Tensor whole = stored(typeOf(type), { 4, 256 }), values = whole.toFloat();
    QCOMPARE(whole.bytes(), m_reference.at(std::string(name(typeOf(type))) + ".bytes").bytes());
    const Tensor slice = whole.slice(1, 3).toFloat();
    QVERIFY((slice.shape() == Shape{ 2, 256 }));
    QCOMPARE(slice.at(0), values.at(256));
    QCOMPARE(slice.at(511), values.at(767));
    const Tensor reshaped = whole.reshaped({ 2, 512 }).slice(1, 2).toFloat();
    QCOMPARE(reshaped.at(5), values.at(517));
    std::vector<std::byte> many; // more than one piece of work
    for (int i = 0; i < 600; ++i)
        many.insert(many.end(), whole.data(), whole.data() + whole.bytes());
    const Tensor large = Tensor::fromBytes({ 2400, 256 }, typeOf(type), std::move(many)).toFloat();
    for (const std::int64_t i : { 0, 262143, 262144, 600 * 1024 - 1 })
        QCOMPARE(large.at(i), values.at(i % numbers));
}

void TestQuantised::rowsAreGathered()
{
    QFETCH(int, type);
    const Tensor table = stored(typeOf(type), { 4, 256 }), values = table.toFloat();
    const std::array<std::int64_t, 3> ids{ 3, 0, 3 };
    const Tensor rows = embedding(Var(table), ids).value();
    QVERIFY((rows.shape() == Shape{ 3, 256 }));
    QCOMPARE(rows.at(7), values.at(3 * 256 + 7));
    QCOMPARE(rows.at(256 + 255), values.at(255));
    QCOMPARE(rows.at(767), values.at(1023));
}

void TestQuantised::linearMapsExpandOnTheWay()
{
    QFETCH(int, type);
    const Tensor weight = stored(typeOf(type), { 4, 256 }), x = test::randomTensor({ 3, 256 }, 2);
    const Tensor expected = linear(x, weight.toFloat(), Tensor()), actual = linear(x, weight, Tensor());
    for (std::int64_t i = 0; i < expected.count(); ++i)
        QVERIFY(std::abs(actual.at(i) - expected.at(i)) <= 1e-5f * std::max(1.0f, std::abs(expected.at(i))));
}

void TestQuantised::blocksStayWhole()
{
    const Tensor tensor = stored(DType::Q4_K, { 4, 256 });
    QVERIFY_THROWS_EXCEPTION(CheckFailed, tensor.reshaped({ 8, 128 }));
    QVERIFY_THROWS_EXCEPTION(CheckFailed, stored(DType::Q8_0, { 31, 33 }));
    QVERIFY_THROWS_EXCEPTION(CheckFailed, storedBytes(DType::Q6_K, 255));
    QVERIFY(!dtypeFromName("Q4_K"));
    QVERIFY(isQuantised(DType::Q5_1) && !isQuantised(DType::BF16));
}

HEADLIGHT_TEST_MAIN(TestQuantised)
#include "tst_quantised.moc"
