// Pixels and tokens of the Links view, without a window.

#include "tests/support/test_main.h"
#include "ui/views/links_layout.h"

using namespace headlight;
using namespace headlight::ui;

class TestLinksLayout : public test::TestCase {
    Q_OBJECT
private slots:
    void everyTokenIsFoundWhereItStands_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        QTest::newRow("one") << 1 << 1;
        QTest::newRow("few") << 5 << 9;
        QTest::newRow("many") << 512 << 40;
        QTest::newRow("a book") << 4000 << 4000;
    }
    void everyTokenIsFoundWhereItStands()
    {
        QFETCH(int, rows);
        QFETCH(int, columns);
        const auto layout = LinksLayout::of({ 10, 20, 700, 500 }, rows, columns, 90, 80, 16);
        for (int row = 0; row < rows; row += std::max(1, rows / 50))
            QCOMPARE(layout.rowAt({ layout.left.center().x(), layout.leftY(row) }), std::optional(row));
        for (int column = 0; column < columns; column += std::max(1, columns / 50))
            QCOMPARE(
                layout.columnAt({ layout.right.center().x(), layout.rightY(column) }), std::optional(column));
        QVERIFY(!layout.rowAt({ 350, 100 }) && !layout.columnAt({ 350, 100 })); // between the columns
        QVERIFY(!layout.rowAt({ 50, 10 }));
    }
    void labelsNeverOverlap()
    {
        for (const int rows : { 3, 30, 300, 3000 }) {
            const auto layout = LinksLayout::of({ 0, 0, 600, 400 }, rows, rows, 50, 50, 16);
            QVERIFY(layout.leftStep() * layout.leftStride() >= 16 || rows == 3);
            QVERIFY(layout.leftY(rows - 1) + 8 <= 400 && layout.rightY(rows - 1) + 8 <= 400); // whole
        }
    }
    void shortTextsStandTogether()
    {
        const auto layout = LinksLayout::of({ 0, 0, 600, 400 }, 3, 3, 50, 50, 16);
        QCOMPARE(layout.leftStep(), LinksLayout::widestStep);
    }
    void longLabelsTakeAThird()
    {
        const auto layout = LinksLayout::of({ 0, 0, 600, 400 }, 3, 3, 5000, 5000, 16);
        QCOMPARE(layout.left.width(), 200.0);
        QVERIFY(layout.lineRight() - layout.lineLeft() > 150);
    }
};

HEADLIGHT_TEST_MAIN(TestLinksLayout)
#include "tst_links_layout.moc"
