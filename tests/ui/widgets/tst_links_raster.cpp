// Lines as pixels against the general painter's, and against what follows from their shape.

#include "tests/support/test_main.h"
#include "ui/widgets/links_raster.h"

#include <QPainter>
#include <QPainterPath>

using namespace headlight;
using namespace headlight::ui;

class TestLinksRaster : public test::TestCase {
    Q_OBJECT
private slots:
    void looksAsThePainterDrawsIt_data();
    void looksAsThePainterDrawsIt();
    void levelLinesCoverTheirWidth();
    void steepLinesHaveNoSteps();
    void nothingOutsideIsTouched();

private:
    static QImage blank(int width = 200, int height = 160)
    {
        QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        return image;
    }
};

void TestLinksRaster::looksAsThePainterDrawsIt_data()
{
    QTest::addColumn<int>("shape");
    QTest::addColumn<double>("from");
    QTest::addColumn<double>("to");
    QTest::addColumn<double>("width");
    for (const auto& [from, to, width] :
        { std::tuple(40.0, 120.0, 3.0), { 130.0, 20.0, 1.6 }, { 80.0, 80.0, 5.0 }, { 20.5, 30.25, 0.7 } })
        for (const LinkShape shape : { LinkShape::Straight, LinkShape::Curved })
            QTest::addRow("%d, %g to %g", int(shape), from, to) << int(shape) << from << to << width;
}

void TestLinksRaster::looksAsThePainterDrawsIt()
{
    QFETCH(int, shape);
    QFETCH(double, from);
    QFETCH(double, to);
    QFETCH(double, width);
    const QColor colour(30, 90, 200, 180);
    QImage ours = blank(), theirs = blank();
    const RasterLink link{ from, to, width, colour };
    drawLinks(ours, LinkShape(shape), { &link, 1 });
    {
        QPainter painter(&theirs);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::FlatCap));
        QPainterPath path(QPointF(0, from));
        const double bend = LinkShape(shape) == LinkShape::Curved ? 200 * linkBend : 0;
        path.cubicTo(QPointF(bend, from), QPointF(200 - bend, to), QPointF(200, to));
        if (LinkShape(shape) == LinkShape::Straight)
            painter.drawLine(QPointF(0, from), QPointF(200, to));
        else
            painter.drawPath(path);
    }
    // The same amount of ink in every column, and its centre at the same height.
    for (int x = 4; x < 196; ++x) {
        double inkOurs = 0, inkTheirs = 0, heightOurs = 0, heightTheirs = 0;
        for (int y = 0; y < 160; ++y) {
            inkOurs += qAlpha(ours.pixel(x, y));
            inkTheirs += qAlpha(theirs.pixel(x, y));
            heightOurs += y * qAlpha(ours.pixel(x, y));
            heightTheirs += y * qAlpha(theirs.pixel(x, y));
        }
        QVERIFY2(std::abs(inkOurs - inkTheirs) < 0.2 * inkTheirs + 16, qPrintable(QString::number(x)));
        QVERIFY2(
            std::abs(heightOurs / inkOurs - heightTheirs / inkTheirs) < 0.4, qPrintable(QString::number(x)));
    }
}

void TestLinksRaster::levelLinesCoverTheirWidth()
{
    QImage image = blank(10, 10);
    const RasterLink link{ 5, 5, 3, QColor(255, 0, 0) };
    drawLinks(image, LinkShape::Curved, { &link, 1 });
    const int expected[]{ 0, 0, 0, 128, 255, 255, 128, 0, 0, 0 }; // from 3.5 to 6.5
    for (int y = 0; y < 10; ++y)
        QVERIFY(std::abs(qAlpha(image.pixel(5, y)) - expected[y]) <= 1);
    drawLinks(image, LinkShape::Curved, { &link, 1 }); // over itself
    QVERIFY(std::abs(qAlpha(image.pixel(5, 3)) - 191) <= 2);
    QCOMPARE(image.pixel(5, 5), qRgb(255, 0, 0));
}

/// Pixel by pixel as the general painter does it, where a line climbs seven pixels in each column.
void TestLinksRaster::steepLinesHaveNoSteps()
{
    QImage ours = blank(20), theirs = blank(20);
    const RasterLink link{ 10, 150, 1.2, QColor(0, 0, 0) };
    drawLinks(ours, LinkShape::Straight, { &link, 1 });
    {
        QPainter painter(&theirs);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(link.colour, link.width, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(0, link.from), QPointF(20, link.to));
    }
    double apart = 0, ink = 0;
    for (int y = 20; y < 140; ++y)
        for (int x = 0; x < 20; ++x) {
            apart += std::abs(qAlpha(ours.pixel(x, y)) - qAlpha(theirs.pixel(x, y)));
            ink += qAlpha(theirs.pixel(x, y));
        }
    QVERIFY2(apart < 0.1 * ink, qPrintable(QString::number(apart / ink)));
}

void TestLinksRaster::nothingOutsideIsTouched()
{
    QImage image = blank(30, 20);
    const RasterLink links[]{ { -50, 90, 4, Qt::black }, { 200, 300, 4, Qt::black },
        { -9, -3, 9, Qt::black } };
    drawLinks(image, LinkShape::Straight, links);
    QVERIFY(qAlpha(image.pixel(15, 15)) > 0);
    QImage none;
    drawLinks(none, LinkShape::Curved, links);
}

HEADLIGHT_TEST_MAIN(TestLinksRaster)
#include "tst_links_raster.moc"
