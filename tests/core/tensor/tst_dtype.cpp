// Conversions between stored number types, against values published in IEEE 754-2019 and by the definition of bfloat16.

#include "core/tensor/tensor.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestDType : public test::TestCase {
    Q_OBJECT
private slots:
    void halfKnownValues_data();
    void halfKnownValues();
    void everyHalfSurvivesTheRoundTrip();
    void halfRoundsToNearestEven();
    void bfloatRoundsToNearestEven();
    void namesRoundTrip();
};

void TestDType::halfKnownValues_data()
{
    QTest::addColumn<int>("bits");
    QTest::addColumn<float>("value");
    QTest::newRow("one") << 0x3c00 << 1.0f;
    QTest::newRow("minus two") << 0xc000 << -2.0f;
    QTest::newRow("largest") << 0x7bff << 65504.0f;
    QTest::newRow("smallest normal") << 0x0400 << 0x1p-14f;
    QTest::newRow("smallest subnormal") << 0x0001 << 0x1p-24f;
    QTest::newRow("a third") << 0x3555 << 0.333251953125f;
}

void TestDType::halfKnownValues()
{
    QFETCH(int, bits);
    QFETCH(float, value);
    QCOMPARE(halfToFloat(std::uint16_t(bits)), value);
    QCOMPARE(floatToHalf(value), std::uint16_t(bits));
}

void TestDType::everyHalfSurvivesTheRoundTrip()
{
    for (int bits = 0; bits < 0x10000; ++bits) {
        const float value = halfToFloat(std::uint16_t(bits));
        if (std::isnan(value))
            QVERIFY(std::isnan(halfToFloat(floatToHalf(value))));
        else
            QCOMPARE(floatToHalf(value), std::uint16_t(bits));
    }
}

void TestDType::halfRoundsToNearestEven()
{
    QCOMPARE(floatToHalf(1.0f + 0x1p-11f), std::uint16_t(0x3c00)); // tie, down to even
    QCOMPARE(floatToHalf(1.0f + 3 * 0x1p-11f), std::uint16_t(0x3c02)); // tie, up to even
    QCOMPARE(floatToHalf(65519.0f), std::uint16_t(0x7bff));
    QCOMPARE(floatToHalf(65520.0f), std::uint16_t(0x7c00));
    QCOMPARE(floatToHalf(0x1p-25f), std::uint16_t(0x0000)); // tie with zero
}

void TestDType::bfloatRoundsToNearestEven()
{
    QCOMPARE(floatToBfloat(1.0f + 0x1p-8f), std::uint16_t(0x3f80));
    QCOMPARE(floatToBfloat(1.0f + 3 * 0x1p-8f), std::uint16_t(0x3f82));
    QCOMPARE(bfloatToFloat(0x4049), 3.140625f);
}

void TestDType::namesRoundTrip()
{
    for (DType type : { DType::F32, DType::F16, DType::BF16, DType::F64, DType::I64, DType::I32, DType::I16,
             DType::I8, DType::U8, DType::Bool })
        QCOMPARE(*dtypeFromName(name(type)), type);
    QVERIFY(!dtypeFromName("Q9_K"));
}

HEADLIGHT_TEST_MAIN(TestDType)
#include "tst_dtype.moc"
