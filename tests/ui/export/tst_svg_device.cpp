// SVG files look the same in Qt's own renderer and in rsvg-convert (where it is installed) as the picture,
// are clipped, and every label in them is text.

#include "tests/support/export_scenes.h"
#include "tests/support/test_main.h"
#include "ui/export/export_figure.h"
#include "ui/export/svg_device.h"
#include "ui/views/scene_text.h"

#include <QSvgRenderer>

using namespace headlight;
using namespace headlight::ui;

namespace {

/// The share of pixels whose colours differ clearly. Letters differ at their edges by how they are smoothed.
double difference(const QImage& a, const QImage& b)
{
    // Averages of 4 × 4 pixels: the same shapes at the same places, whatever smooths their edges.
    const QSize small = a.size() / 4;
    const QImage one = a.convertToFormat(QImage::Format_RGB32)
                           .scaled(small, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    const QImage two = b.convertToFormat(QImage::Format_RGB32)
                           .scaled(small, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    int far = 0;
    for (int y = 0; y < small.height(); ++y)
        for (int x = 0; x < small.width(); ++x) {
            const QColor p = one.pixel(x, y), q = two.pixel(x, y);
            far +=
                std::abs(p.red() - q.red()) + std::abs(p.green() - q.green()) + std::abs(p.blue() - q.blue())
                > 120;
        }
    return double(far) / (small.width() * small.height());
}

QByteArray svgOf(const QSizeF& size, const std::function<void(QPainter&)>& paint)
{
    SvgDevice device({ size, size, "a & b", "<c>" });
    QPainter painter(&device);
    paint(painter);
    painter.end();
    return device.bytes();
}

QImage rendered(const QByteArray& svg, const QSize& size)
{
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    QSvgRenderer(svg).render(&painter);
    return image;
}

QStringList textsIn(const QByteArray& svg)
{
    QXmlStreamReader xml(svg);
    QStringList texts;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == u"text")
            texts << xml.readElementText();
    return xml.hasError() ? QStringList{ xml.errorString() } : texts;
}

} // namespace

class TestSvgDevice : public test::TestCase {
    Q_OBJECT
private slots:
    void everyViewLooksTheSame_data();
    void everyViewLooksTheSame();
    void everyViewLooksTheSameElsewhere_data() { everyViewLooksTheSame_data(); }
    void everyViewLooksTheSameElsewhere();
    void everyLabelIsText();
    void zoomedMapsStayInTheirFrame();
    void smallCellsShowNoSeams();
    void clipCutsRectanglesAndImages();
    void opacityIsThatOfEachShape();
    void rightToLeftTextIsWhole();
    void controlCharactersAreNoXml();
    void pageAndDrawingAreOfTheirOwnSize();

private:
    QTemporaryDir m_folder;
};

void TestSvgDevice::everyViewLooksTheSame_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<ThemeKind>("theme");
    for (const ViewDescriptor& view : views())
        for (const ThemeKind theme : { ThemeKind::Light, ThemeKind::Dark })
            QTest::addRow("%s %s", qPrintable(view.id), qPrintable(id(theme))) << view.id << theme;
}

void TestSvgDevice::everyViewLooksTheSame()
{
    QFETCH(QString, view);
    QFETCH(ThemeKind, theme);
    Scene scene = test::exportSceneFor(*viewById(view));
    scene.theme = theme;
    const QImage picture = figureImage(*viewById(view), scene, {});
    const auto svg = figureBytes(*viewById(view), scene, ExportFormat::Svg, {});
    QVERIFY(svg);
    const double share = difference(rendered(*svg, picture.size()), picture);
    QVERIFY2(share < 0.01, qPrintable(QString::number(share)));
}

void TestSvgDevice::everyViewLooksTheSameElsewhere()
{
    QFETCH(QString, view);
    QFETCH(ThemeKind, theme);
    const QString program = QStandardPaths::findExecutable("rsvg-convert");
    if (program.isEmpty())
        QSKIP("rsvg-convert is not installed");
    Scene scene = test::exportSceneFor(*viewById(view));
    scene.theme = theme;
    const QString svg = m_folder.filePath("a.svg"), png = m_folder.filePath("a.png");
    QVERIFY(exportFigure(*viewById(view), scene, svg.toStdString(), {}));
    QCOMPARE(QProcess::execute(program, { svg, "-o", png }), 0);
    const QImage picture = figureImage(*viewById(view), scene, {});
    const QImage other(png);
    QVERIFY(
        std::abs(other.width() - picture.width()) <= 1 && std::abs(other.height() - picture.height()) <= 1);
    const double share = difference(other.scaled(picture.size()), picture);
    QVERIFY2(share < 0.01, qPrintable(QString::number(share)));
}

void TestSvgDevice::everyLabelIsText()
{
    const ViewDescriptor& view = *viewById("heatmap");
    Scene scene = test::exportSceneFor(view);
    scene.title = "A title of my own";
    const QStringList texts = textsIn(*figureBytes(view, scene, ExportFormat::Svg, {}));
    QVERIFY(texts.contains(scene.title));
    const ShownMap map(scene);
    for (const QString& label : rowLabels(map))
        QVERIFY2(texts.count(label) >= 2, qPrintable(label)); // as a row and as a column
}

void TestSvgDevice::zoomedMapsStayInTheirFrame()
{
    const ViewDescriptor& view = *viewById("heatmap");
    Scene scene = test::exportSceneFor(view, 40);
    scene.options.insert("window", QRectF(3.4, 5.2, 8.5, 8.5));
    const QImage picture = figureImage(view, scene, {});
    const double share =
        difference(rendered(*figureBytes(view, scene, ExportFormat::Svg, {}), picture.size()), picture);
    QVERIFY2(share < 0.01, qPrintable(QString::number(share)));
}

/// A map that is all one colour, at cells of about two pixels: nothing of the ground shines through.
void TestSvgDevice::smallCellsShowNoSeams()
{
    Scene scene = test::exportScene(test::syntheticText({ 1, 1, 300 }), 0, 0);
    scene.selection.queries.clear();
    scene.selection.key.reset();
    scene.display.normalise = Normalise::None;
    scene.display.scale = Scale::Linear;
    auto flat = std::make_shared<AnalysisResult>(*scene.result);
    auto trace = std::make_shared<Trace>();
    trace->addLayer(test::givenLayer(0, Tensor::filled({ 1, 300, 300 }, 1.0f / 300)));
    flat->trace = trace;
    scene.result = flat;
    const QByteArray svg = *figureBytes(*viewById("heatmap"), scene, ExportFormat::Svg, {});
    QVERIFY(svg.count("<rect") < 1000); // a rectangle per row
    const QImage image = rendered(svg, viewById("heatmap")->figure().naturalSize(scene).toSize());
    const QRgb cell = qRgb(68, 1, 84) | 0xff000000; // the lowest of viridis, or next to it
    const QPoint middle(image.width() / 2, image.height() / 2);
    for (int i = -100; i < 100; ++i) {
        const QColor at = image.pixelColor(middle + QPoint(i, i));
        QVERIFY2(std::abs(at.red() - qRed(cell)) < 8 && std::abs(at.green() - qGreen(cell)) < 8,
            qPrintable(at.name()));
    }
}

void TestSvgDevice::clipCutsRectanglesAndImages()
{
    QImage red(10, 10, QImage::Format_RGB32);
    red.fill(Qt::red);
    const QByteArray svg = svgOf({ 100, 100 }, [&](QPainter& painter) {
        painter.setClipRect(QRectF(20, 20, 30, 30));
        painter.fillRect(QRectF(0, 0, 40, 40), Qt::blue);
        painter.fillRect(QRectF(60, 60, 10, 10), Qt::blue); // outside
        painter.save();
        painter.setClipRect(QRectF(40, 40, 30, 30), Qt::IntersectClip);
        painter.fillRect(QRectF(0, 0, 100, 100), Qt::green);
        painter.restore();
        painter.fillRect(QRectF(45, 20, 50, 5), Qt::black);
        painter.setClipping(false);
        painter.drawImage(QRectF(70, 0, 20, 20), red, QRectF(2, 2, 4, 4));
    });
    const QImage image = rendered(svg, { 100, 100 });
    QCOMPARE(image.pixelColor(30, 30), QColor(Qt::blue));
    QCOMPARE(image.pixelColor(10, 10), QColor(Qt::white));
    QCOMPARE(image.pixelColor(65, 65), QColor(Qt::white));
    QCOMPARE(image.pixelColor(45, 45), QColor(Qt::green));
    QCOMPARE(image.pixelColor(55, 55), QColor(Qt::white));
    QCOMPARE(image.pixelColor(47, 22), QColor(Qt::black));
    QCOMPARE(image.pixelColor(80, 10), QColor(Qt::red));
    QVERIFY(!svg.contains("x=\"60\""));
}

void TestSvgDevice::opacityIsThatOfEachShape()
{
    const QByteArray svg = svgOf({ 60, 20 }, [](QPainter& painter) {
        painter.setOpacity(0.5);
        painter.fillRect(QRectF(0, 0, 40, 20), Qt::black);
        painter.fillRect(QRectF(20, 0, 40, 20), Qt::black);
    });
    const QImage image = rendered(svg, { 60, 20 });
    QVERIFY(std::abs(image.pixelColor(10, 10).red() - 128) <= 1);
    QVERIFY(std::abs(image.pixelColor(30, 10).red() - 64) <= 1);
}

void TestSvgDevice::rightToLeftTextIsWhole()
{
    const QString hebrew = QStringLiteral("שלום");
    const QByteArray svg = svgOf({ 200, 40 }, [&](QPainter& painter) {
        painter.drawText(QRectF(10, 0, 180, 40), Qt::AlignLeft | Qt::AlignVCenter, hebrew);
    });
    QCOMPARE(textsIn(svg), QStringList{ hebrew });
    // Brackets at the end of a run belong to it, mirrored: the file looks as the picture does.
    const auto paint = [](QPainter& painter) {
        QFont font = Theme::of(ThemeKind::Light).body;
        font.setPixelSize(30);
        painter.setFont(font);
        painter.drawText(QRectF(0, 0, 300, 60), Qt::AlignCenter, QStringLiteral("שלום (שלום) abc (מרחבא)"));
    };
    QImage picture(300, 60, QImage::Format_RGB32);
    picture.fill(Qt::white);
    QPainter painter(&picture);
    paint(painter);
    painter.end();
    const double share = difference(rendered(svgOf({ 300, 60 }, paint), picture.size()), picture);
    QVERIFY2(share < 0.02, qPrintable(QString::number(share)));
}

void TestSvgDevice::controlCharactersAreNoXml()
{
    const QByteArray svg = svgOf({ 200, 40 },
        [](QPainter& painter) { painter.drawText(QPointF(10, 20), QStringLiteral("a\u0001<b>&\"c\"")); });
    QVERIFY2(textsIn(svg).join(u' ').contains("<b>&\"c\""), qPrintable(textsIn(svg).join(u'|')));
}

void TestSvgDevice::pageAndDrawingAreOfTheirOwnSize()
{
    SvgDevice device({ { 640, 320 }, { 321.26, 160.63 }, {}, {} });
    QPainter painter(&device);
    painter.end();
    QVERIFY(device.bytes().contains("width=\"321.26\" height=\"160.63\" viewBox=\"0 0 640.00 320.00\""));
}

HEADLIGHT_TEST_MAIN(TestSvgDevice)
#include "tst_svg_device.moc"
