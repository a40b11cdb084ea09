// Tensor: views share their buffer and keep it alive, unaligned bytes are copied, numbers survive every stored type.

#include "core/tensor/tensor.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

Q_DECLARE_METATYPE(headlight::Tensor)

class TestTensor : public test::TestCase {
    Q_OBJECT
private slots:
    void theEmptyTensor();
    void makesAndFills();
    void sliceSharesAndKeepsAlive();
    void sliceOfEveryType_data();
    void sliceOfEveryType();
    void reshapeSharesTheBuffer();
    void rowsAreOfTheLastAxis();
    void unalignedBytesAreCopied();
    void integersWiden_data();
    void integersWiden();
    void convertsThereAndBack_data();
    void convertsThereAndBack();
    void expandsLargeTensorsOnAllThreads();
    void mistakesAreCaught();
};

namespace {

template <typename T>
Tensor stored(DType type, const std::vector<T>& values)
{
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return Tensor::fromBytes({ std::int64_t(values.size()) }, type, std::move(bytes));
}

bool same(std::span<const float> a, std::initializer_list<float> b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace

void TestTensor::theEmptyTensor()
{
    const Tensor tensor;
    QVERIFY(tensor.empty());
    QCOMPARE(tensor.count(), std::int64_t(0));
    QVERIFY(tensor.toFloat().empty());
    const Tensor nothing = Tensor::zeros({ 0, 4 });
    QVERIFY(!nothing.empty()); // there is a buffer, with nothing in it
    QCOMPARE(nothing.count(), std::int64_t(0));
    QVERIFY(nothing.floats().empty());
    QVERIFY(Tensor::fromVector({ 0 }, {}).floats().empty());
}

void TestTensor::makesAndFills()
{
    const Tensor tensor = Tensor::make({ 2, 3 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(i);
    });
    QCOMPARE(tensor.bytes(), std::size_t(24));
    QCOMPARE(tensor.at(5), 5.0f);
    QCOMPARE(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, std::uintptr_t(0)); // whole cache lines
    QVERIFY(same(Tensor::filled({ 3 }, 2.5f).floats(), { 2.5f, 2.5f, 2.5f }));
    QVERIFY(same(Tensor::zeros({ 1, 2 }).floats(), { 0.0f, 0.0f }));
    QCOMPARE(Tensor::zeros({}).count(), std::int64_t(1));
}

void TestTensor::sliceSharesAndKeepsAlive()
{
    std::weak_ptr<const void> buffer;
    Tensor part;
    {
        const Tensor whole = test::randomTensor({ 5, 4 }, 1);
        buffer = whole.owner();
        part = whole.slice(2, 4);
        QCOMPARE(part.data(), whole.data() + 2 * 4 * 4);
        QVERIFY((part.shape() == Shape { 2, 4 }));
        QVERIFY(std::ranges::equal(part.row(1), whole.row(3)));
        QCOMPARE(whole.slice(5, 5).count(), std::int64_t(0));
    }
    QVERIFY(!buffer.expired());
    part = Tensor();
    QVERIFY(buffer.expired());
}

void TestTensor::sliceOfEveryType_data()
{
    QTest::addColumn<int>("type");
    for (int type = 0; type <= int(DType::Bool); ++type)
        QTest::newRow(std::string(name(DType(type))).c_str()) << type;
}

void TestTensor::sliceOfEveryType()
{
    QFETCH(int, type);
    const std::size_t size = byteSize(DType(type));
    std::vector<std::byte> bytes(6 * size);
    const Tensor whole = Tensor::fromBytes({ 3, 2 }, DType(type), std::move(bytes));
    QCOMPARE(whole.bytes(), 6 * size);
    QCOMPARE(whole.slice(1, 3).data(), whole.data() + 2 * size);
    QCOMPARE(whole.slice(1, 3).bytes(), 4 * size);
}

void TestTensor::reshapeSharesTheBuffer()
{
    const Tensor tensor = test::randomTensor({ 4, 6 }, 2);
    const Tensor other = tensor.reshaped({ 2, 3, 4 });
    QCOMPARE(other.data(), tensor.data());
    QVERIFY((other.shape() == Shape { 2, 3, 4 }));
}

void TestTensor::rowsAreOfTheLastAxis()
{
    const Tensor tensor = Tensor::fromVector({ 2, 2, 3 }, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 });
    QVERIFY(same(tensor.row(0), { 0, 1, 2 }));
    QVERIFY(same(tensor.row(3), { 9, 10, 11 }));
}

void TestTensor::unalignedBytesAreCopied()
{
    for (std::size_t shift = 0; shift < 4; ++shift) {
        const auto bytes = std::make_shared<std::vector<std::byte>>(16 + shift);
        const std::array<float, 4> values { 1.0f, -2.5f, 1e-30f, 3e30f };
        std::memcpy(bytes->data() + shift, values.data(), 16);
        const Tensor view = Tensor::view(bytes, bytes->data() + shift, DType::F32, { 4 });
        QVERIFY(std::ranges::equal(view.toFloat().floats(), values));
        QCOMPARE(view.toFloat().data() == view.data(), shift == 0);
        if (shift != 0)
            QVERIFY_EXCEPTION_THROWN(view.floats(), CheckFailed);
    }
}

void TestTensor::integersWiden_data()
{
    QTest::addColumn<Tensor>("tensor");
    QTest::addColumn<QList<qint64>>("expected");
    const qint64 top = std::numeric_limits<qint64>::max();
    QTest::newRow("I64") << stored<std::int64_t>(DType::I64, { -1, 0, top }) << QList<qint64> { -1, 0, top };
    QTest::newRow("I32") << stored<std::int32_t>(DType::I32, { -2147483647 - 1, 5 }) << QList<qint64> { -2147483648LL, 5 };
    QTest::newRow("I16") << stored<std::int16_t>(DType::I16, { -32768, 32767 }) << QList<qint64> { -32768, 32767 };
    QTest::newRow("I8") << stored<std::int8_t>(DType::I8, { -128, 127 }) << QList<qint64> { -128, 127 };
    QTest::newRow("U8") << stored<std::uint8_t>(DType::U8, { 0, 255 }) << QList<qint64> { 0, 255 };
    QTest::newRow("BOOL") << stored<std::uint8_t>(DType::Bool, { 0, 1 }) << QList<qint64> { 0, 1 };
    QTest::newRow("made") << Tensor::fromIntegers({ 2 }, { 3, -4 }) << QList<qint64> { 3, -4 };
}

void TestTensor::integersWiden()
{
    QFETCH(Tensor, tensor);
    QFETCH(QList<qint64>, expected);
    const std::vector<std::int64_t> numbers = tensor.integers();
    QVERIFY(std::equal(numbers.begin(), numbers.end(), expected.begin(), expected.end()));
    const Tensor floats = tensor.toFloat();
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(floats.at(i), float(expected[i]));
}

void TestTensor::convertsThereAndBack_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("relativeError");
    QTest::newRow("F32") << int(DType::F32) << 0.0;
    QTest::newRow("F16, 11 bits") << int(DType::F16) << 0x1p-11;
    QTest::newRow("BF16, 8 bits") << int(DType::BF16) << 0x1p-8;
}

void TestTensor::convertsThereAndBack()
{
    QFETCH(int, type);
    QFETCH(double, relativeError);
    const Tensor tensor = test::randomTensor({ 40, 50 }, 3, 0.01f, 100.0f);
    const Tensor converted = tensor.converted(DType(type));
    QCOMPARE(int(converted.dtype()), type);
    QVERIFY(converted.shape() == tensor.shape());
    const Tensor back = converted.toFloat();
    for (std::int64_t i = 0; i < tensor.count(); ++i)
        QVERIFY(std::abs(double(back.at(i)) - double(tensor.at(i))) <= relativeError * double(tensor.at(i)));
}

void TestTensor::expandsLargeTensorsOnAllThreads()
{
    const std::int64_t count = (std::int64_t(1) << 20) + 17; // several pieces and a rest
    std::vector<std::int32_t> numbers(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = std::int32_t(i);
    const Tensor tensor = stored(DType::I32, numbers).toFloat();
    for (std::int64_t i = 0; i < count; i += 997)
        QCOMPARE(tensor.at(i), float(i));
    QCOMPARE(tensor.at(count - 1), float(count - 1));
}

void TestTensor::mistakesAreCaught()
{
    const Tensor tensor = Tensor::zeros({ 2, 3 });
    QVERIFY_EXCEPTION_THROWN(tensor.at(6), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.at(-1), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.row(2), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.slice(1, 3), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.slice(2, 1), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(Tensor::zeros({}).slice(0, 1), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.reshaped({ 7 }), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.integers(), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(tensor.converted(DType::I8), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(Tensor::fromIntegers({ 1 }, { 1 }).floats(), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(Tensor::fromVector({ 3 }, { 1.0f }), CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestTensor)
#include "tst_tensor.moc"
