// Shape: extents, counts and what a programmer may not ask.

#include "core/tensor/shape.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestShape : public test::TestCase {
    Q_OBJECT
private slots:
    void counts_data();
    void counts();
    void negativeAxesCountFromTheEnd();
    void comparesByExtents();
    void mistakesAreCaught();
};

void TestShape::counts_data()
{
    QTest::addColumn<QList<qint64>>("extents");
    QTest::addColumn<qint64>("count");
    QTest::addColumn<qint64>("rows");
    QTest::addColumn<qint64>("columns");
    QTest::addColumn<QString>("text");
    QTest::newRow("scalar") << QList<qint64> {} << qint64(1) << qint64(1) << qint64(1) << "[]";
    QTest::newRow("vector") << QList<qint64> { 7 } << qint64(7) << qint64(1) << qint64(7) << "[7]";
    QTest::newRow("matrix") << QList<qint64> { 4, 6 } << qint64(24) << qint64(4) << qint64(6) << "[4, 6]";
    QTest::newRow("five axes") << QList<qint64> { 2, 3, 4, 5, 6 } << qint64(720) << qint64(120) << qint64(6) << "[2, 3, 4, 5, 6]";
    QTest::newRow("no rows") << QList<qint64> { 0, 6 } << qint64(0) << qint64(0) << qint64(6) << "[0, 6]";
    QTest::newRow("no columns") << QList<qint64> { 6, 0 } << qint64(0) << qint64(0) << qint64(0) << "[6, 0]";
    QTest::newRow("beyond 32 bits") << QList<qint64> { 1 << 20, 1 << 20 } << (qint64(1) << 40) << qint64(1 << 20) << qint64(1 << 20) << "[1048576, 1048576]";
}

void TestShape::counts()
{
    QFETCH(QList<qint64>, extents);
    const std::vector<std::int64_t> numbers(extents.begin(), extents.end());
    const Shape shape { std::span<const std::int64_t>(numbers) };
    QCOMPARE(shape.rank(), int(extents.size()));
    QTEST(qint64(shape.count()), "count");
    QTEST(qint64(shape.rows()), "rows");
    QTEST(qint64(shape.columns()), "columns");
    QTEST(QString::fromStdString(shape.toString()), "text");
}

void TestShape::negativeAxesCountFromTheEnd()
{
    const Shape shape { 3, 4, 5 };
    for (int axis = 0; axis < 3; ++axis)
        QCOMPARE(shape[axis], shape[axis - 3]);
    QCOMPARE(shape[-1], std::int64_t(5));
}

void TestShape::comparesByExtents()
{
    QVERIFY((Shape { 2, 3 } == Shape { 2, 3 }));
    QVERIFY(!(Shape { 2, 3 } == Shape { 3, 2 }));
    QVERIFY(!(Shape { 6 } == Shape { 6, 1 }));
    QVERIFY(!(Shape {} == Shape { 0 }));
}

void TestShape::mistakesAreCaught()
{
    QVERIFY_EXCEPTION_THROWN((Shape { 1, 1, 1, 1, 1, 1 }), CheckFailed);
    const Shape shape { 3, 4 };
    QVERIFY_EXCEPTION_THROWN(shape[2], CheckFailed);
    QVERIFY_EXCEPTION_THROWN(shape[-3], CheckFailed);
    QVERIFY_EXCEPTION_THROWN(Shape {}[0], CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestShape)
#include "tst_shape.moc"
