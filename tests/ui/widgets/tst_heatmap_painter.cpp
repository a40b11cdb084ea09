// Labels over the columns of a map: upright where all of them fit over their cells, slanted where not; bars
// beside more rows than there are pixels.

#include "tests/support/test_main.h"
#include "ui/style/theme.h"
#include "ui/widgets/heatmap_painter.h"

#include <QPainter>

using namespace headlight;
using namespace headlight::ui;

class TestHeatmapPainter : public test::TestCase {
    Q_OBJECT
private slots:
    void labelsStandStraightWhereTheyFit_data();
    void labelsStandStraightWhereTheyFit();
    void equalBarsAreOneField();
};

void TestHeatmapPainter::labelsStandStraightWhereTheyFit_data()
{
    QTest::addColumn<int>("columns");
    QTest::addColumn<QString>("label");
    QTest::addColumn<bool>("straight");
    QTest::newRow("few and short") << 5 << "word" << true;
    QTest::newRow("few and long") << 5 << "an uncommonly long token" << false;
    QTest::newRow("many and short") << 40 << "word" << false;
}

void TestHeatmapPainter::labelsStandStraightWhereTheyFit()
{
    QFETCH(int, columns);
    QFETCH(QString, label);
    QFETCH(bool, straight);
    const Theme& theme = Theme::of(ThemeKind::Light);
    HeatmapContent content;
    content.rows = content.columns = columns;
    content.rowLabels = content.columnLabels = QStringList(columns, label);
    const HeatmapPainter painter(content, theme);
    const QRectF area(0, 0, 600, 600);
    const HeatmapGeometry geometry = painter.fitted(area);
    const double line = QFontMetricsF(theme.small).height();
    QCOMPARE(geometry.plot.top() < 2 * line, straight);
    QVERIFY(geometry.plot.right() <= area.right() && geometry.plot.bottom() <= area.bottom());
    const QSizeF natural = painter.naturalSize();
    QVERIFY(painter.fitted({ QPointF(), natural }).plot.bottom() <= natural.height());
}

void TestHeatmapPainter::equalBarsAreOneField()
{
    for (const int rows : { 300, 700, 1500, 4000 }) {
        HeatmapContent content;
        content.rows = content.columns = rows;
        content.rowLabels = content.columnLabels = QStringList(rows, "1");
        content.hasSums = content.hasBar = false;
        content.beside.assign(std::size_t(rows), 0.9f);
        const HeatmapPainter heatmap(content, Theme::of(ThemeKind::Light));
        const HeatmapGeometry geometry = heatmap.fitted({ 0, 0, 500, 500 });
        QImage image(500, 500, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        heatmap.paintFrame(painter, geometry, {});
        painter.end();
        const int x = int(geometry.plot.right()) + 20;
        const int top = int(geometry.plot.top()) + 2, bottom = int(geometry.plot.bottom()) - 3;
        QVERIFY(QColor(image.pixel(x, top)).blue() > QColor(image.pixel(x, top)).red() + 60); // a bar
        for (int y = top; y < bottom; ++y)
            QVERIFY2(
                image.pixel(x, y) == image.pixel(x, top), qPrintable(QString("%1: %2").arg(rows).arg(y)));
    }
}

HEADLIGHT_TEST_MAIN(TestHeatmapPainter)
#include "tst_heatmap_painter.moc"
