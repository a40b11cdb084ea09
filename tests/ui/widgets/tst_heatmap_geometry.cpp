// Pixels and cells: expected numbers follow from the definition, a plot of w pixels over n columns has cells
// of w/n.

#include "tests/support/test_main.h"
#include "ui/widgets/heatmap_geometry.h"

using namespace headlight;
using namespace headlight::ui;

class TestHeatmapGeometry : public test::TestCase {
    Q_OBJECT
private slots:
    void wholeMapFits_data();
    void wholeMapFits();
    void everyPixelIsTheCellDrawnThere();
    void outsideIsNoCell();
    void zoomKeepsTheCellUnderThePointer_data();
    void zoomKeepsTheCellUnderThePointer();
    void zoomEndsAtTheWholeMapAndAtTheLargestCell();
    void panStopsAtTheBorders();
    void revealMovesNoMoreThanNeeded();
};

void TestHeatmapGeometry::wholeMapFits_data()
{
    QTest::addColumn<QSizeF>("area");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<QSizeF>("plot");
    const double cell = HeatmapGeometry::largestFittedCell;
    QTest::newRow("square") << QSizeF(300, 300) << 10 << 10 << QSizeF(300, 300);
    QTest::newRow("wide area") << QSizeF(600, 300) << 10 << 10 << QSizeF(300, 300);
    QTest::newRow("few cells") << QSizeF(900, 900) << 3 << 3 << QSizeF(3 * cell, 3 * cell);
    QTest::newRow("wide map") << QSizeF(400, 400) << 5 << 20 << QSizeF(400, 100);
    QTest::newRow("one") << QSizeF(400, 400) << 1 << 1 << QSizeF(cell, cell);
    QTest::newRow("more cells than pixels") << QSizeF(400, 300) << 4000 << 4000 << QSizeF(300, 300);
    QTest::newRow("long and thin") << QSizeF(400, 300) << 10 << 4000 << QSizeF(400, 80);
    QTest::newRow("nothing") << QSizeF(400, 300) << 0 << 0 << QSizeF(0, 0);
    QTest::newRow("no room") << QSizeF(-5, 300) << 4 << 4 << QSizeF(0, 0);
}

void TestHeatmapGeometry::wholeMapFits()
{
    QFETCH(QSizeF, area);
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(QSizeF, plot);
    const auto g = HeatmapGeometry::fitted(QRectF(QPointF(7, 9), area), rows, columns);
    QCOMPARE(g.plot.size(), plot);
    QCOMPARE(g.empty(), plot.isEmpty());
    QVERIFY(!g.zoomedIn());
    if (!g.empty()) {
        QCOMPARE(g.plot.topLeft(), QPointF(7, 9));
        QCOMPARE(g.visible().rows(), std::int64_t(rows));
        QCOMPARE(g.visible().columns(), std::int64_t(columns));
    }
}

void TestHeatmapGeometry::everyPixelIsTheCellDrawnThere()
{
    auto g = HeatmapGeometry::fitted({ 3, 5, 401, 287 }, 13, 29);
    for (int zoom = 0; zoom < 3; ++zoom) {
        for (double y = g.plot.top() + 0.5; y < g.plot.bottom(); y += 7)
            for (double x = g.plot.left() + 0.5; x < g.plot.right(); x += 7) {
                const auto cell = g.cellAt({ x, y });
                QVERIFY(cell);
                QVERIFY(
                    g.cellRect(cell->row, cell->column).adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(x, y));
            }
        g = g.zoomed(1.7, g.plot.center());
    }
}

void TestHeatmapGeometry::outsideIsNoCell()
{
    const auto g = HeatmapGeometry::fitted({ 10, 10, 100, 100 }, 4, 4);
    QCOMPARE(*g.cellAt({ 10, 10 }), (Cell{ 0, 0 }));
    QCOMPARE(*g.cellAt({ 109.9, 109.9 }), (Cell{ 3, 3 }));
    QCOMPARE(*g.cellAt({ 60.1, 34.9 }), (Cell{ 0, 2 }));
    for (const QPointF& outside : { QPointF(9.9, 50), QPointF(110, 50), QPointF(50, 9.9), QPointF(50, 110) })
        QVERIFY(!g.cellAt(outside));
    QVERIFY(!HeatmapGeometry{}.cellAt({ 0, 0 }));
}

void TestHeatmapGeometry::zoomKeepsTheCellUnderThePointer_data()
{
    QTest::addColumn<QPointF>("anchor");
    QTest::newRow("middle") << QPointF(200, 200);
    QTest::newRow("corner") << QPointF(0.5, 0.5);
    QTest::newRow("far corner") << QPointF(399.5, 399.5);
    QTest::newRow("anywhere") << QPointF(123, 321);
}

void TestHeatmapGeometry::zoomKeepsTheCellUnderThePointer()
{
    QFETCH(QPointF, anchor);
    auto g = HeatmapGeometry::fitted({ 0, 0, 400, 400 }, 200, 200);
    const Cell before = *g.cellAt(anchor);
    for (int step = 0; step < 12; ++step) {
        g = g.zoomed(1.25, anchor);
        QCOMPARE(*g.cellAt(anchor), before);
    }
    QVERIFY(g.zoomedIn());
    QVERIFY(std::abs(g.cellWidth() - 2 * std::pow(1.25, 12)) < 1e-6);
}

void TestHeatmapGeometry::zoomEndsAtTheWholeMapAndAtTheLargestCell()
{
    const auto whole = HeatmapGeometry::fitted({ 0, 0, 400, 400 }, 100, 100);
    QCOMPARE(whole.zoomed(0.1, { 100, 300 }).window, whole.window);
    const auto close = whole.zoomed(1e9, { 100, 300 });
    QVERIFY(std::abs(close.cellWidth() - HeatmapGeometry::largestCell) < 1e-6);
    QCOMPARE(close.zoomed(2, { 1, 1 }).window, close.window);
    QCOMPARE(close.zoomed(1e-9, { 1, 1 }).window, whole.window);
}

void TestHeatmapGeometry::panStopsAtTheBorders()
{
    const auto g = HeatmapGeometry::fitted({ 0, 0, 400, 400 }, 100, 100).zoomed(4, { 200, 200 });
    QCOMPARE(g.cellWidth(), 16.0);
    QCOMPARE(g.panned({ 32, -16 }).window.topLeft(), g.window.topLeft() + QPointF(-2, 1));
    QCOMPARE(g.panned({ 1e6, 1e6 }).window.topLeft(), QPointF(0, 0));
    QCOMPARE(g.panned({ -1e6, -1e6 }).window.bottomRight(), QPointF(100, 100));
}

void TestHeatmapGeometry::revealMovesNoMoreThanNeeded()
{
    const auto g = HeatmapGeometry::fitted({ 0, 0, 400, 400 }, 100, 100).zoomed(4, { 200, 200 });
    QCOMPARE(g.window, QRectF(37.5, 37.5, 25, 25));
    QCOMPARE(g.revealing({ 50, 50 }).window, g.window);
    QCOMPARE(g.revealing({ 20, 90 }).window, QRectF(66, 20, 25, 25));
    QCOMPARE(g.revealing({ 99, 0 }).window, QRectF(0, 75, 25, 25));
}

HEADLIGHT_TEST_MAIN(TestHeatmapGeometry)
#include "tst_heatmap_geometry.moc"
