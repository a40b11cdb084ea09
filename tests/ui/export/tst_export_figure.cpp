// Figures in files: the format's own first bytes (ISO/IEC 15948, ISO 32000, SVG 1.1), the exact numbers, the
// same bytes twice, and nothing half-written.

#include "core/io/file.h"
#include "tests/support/export_scenes.h"
#include "tests/support/test_main.h"
#include "ui/export/export_figure.h"

#include <charconv>

using namespace headlight;
using namespace headlight::ui;

namespace {

Scene textScene(int tokens = 9)
{
    return test::exportScene(test::syntheticText({ 2, 3, tokens }));
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestExportFigure : public test::TestCase {
    Q_OBJECT
private slots:
    void everyViewInEveryFormat_data();
    void everyViewInEveryFormat();
    void pngHasSizeResolutionAndSettings();
    void partsCanBeLeftOut_data();
    void partsCanBeLeftOut();
    void saysHowItIsMadeAgain();
    void sizesForPaperAndSlides();
    void aFullDiskIsSaid();
    void pdfTextCanBeRead();
    void withoutASizeTheFigureChooses();
    void transparentHasNoBackground();
    void svgHoldsTokensAsText();
    void smallMapsAreVectorLargeOnesOneImage();
    void csvReadsBackExactly();
    void refusals_data();
    void refusals();
    void aFailureLeavesTheOldFile();

private:
    QString target(const QString& name) const { return m_folder.filePath(name); }
    QByteArray written(const Scene& scene, const QString& name, const ExportOptions& options = {},
        const QString& view = "heatmap")
    {
        const Status status = exportFigure(*viewById(view), scene, target(name).toStdString(), options);
        return status ? contentOf(target(name)) : QByteArray(status.error().message.c_str());
    }

    QTemporaryDir m_folder;
};

void TestExportFigure::everyViewInEveryFormat_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QByteArray>("begins");
    for (const ViewDescriptor& view : views()) {
        const auto row = [&](const char* file, const char* begins) {
            QTest::addRow("%s %s", qPrintable(view.id), file) << view.id << file << QByteArray(begins);
        };
        row("a.png", "\x89PNG\r\n");
        row("a.svg", "<?xml");
        row("a.pdf", "%PDF-1.");
        row("a.csv", "");
        row("a.npz", "PK\3\4");
        row("a.safetensors", "");
        row("a.json", "{");
    }
}

void TestExportFigure::everyViewInEveryFormat()
{
    QFETCH(QString, view);
    QFETCH(QString, file);
    QFETCH(QByteArray, begins);
    const Scene scene = test::exportSceneFor(*viewById(view));
    const QByteArray first = written(scene, file, {}, view);
    QVERIFY(first.startsWith(begins) && first.size() > 60);
    QTest::qWait(file.endsWith("pdf") ? 1100 : 0); // the date in a PDF has seconds
    QVERIFY2(written(scene, file, {}, view) == first, "the bytes differ");
    QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden).filter("a.").size(), 1);
    QFile::remove(target(file));
}

void TestExportFigure::pngHasSizeResolutionAndSettings()
{
    Scene scene = textScene();
    scene.title = "Köpfe & <Tails>";
    written(scene, "size.png", { { 1500, 900 }, 192, false });
    const QImage image(target("size.png"));
    QCOMPARE(image.size(), QSize(1500, 900));
    QCOMPARE(qRound(image.dotsPerMeterX() * 0.0254), 192);
    QCOMPARE(image.text("Title"), scene.title);
    QCOMPARE(image.text("view"), "heatmap");
    QCOMPARE(image.text("layer"), "1");
    QCOMPARE(image.text("head"), "2");
    QCOMPARE(image.text("colormap"), "viridis");
    QVERIFY(image.text("input").contains("animal"));
}

void TestExportFigure::partsCanBeLeftOut_data()
{
    QTest::addColumn<QString>("view");
    for (const ViewDescriptor& view : views())
        QTest::addRow("%s", qPrintable(view.id)) << view.id;
}

void TestExportFigure::partsCanBeLeftOut()
{
    QFETCH(QString, view);
    const ViewDescriptor& descriptor = *viewById(view);
    Scene scene = test::exportSceneFor(descriptor);
    const auto svg = [&] { return *figureBytes(descriptor, scene, ExportFormat::Svg, {}); };
    const auto height = [&] { return descriptor.figure().naturalSize(scene).height(); };
    const QByteArray all = svg();
    const double before = height();
    scene.title = "Untitled, I say";
    QVERIFY(svg().contains(">Untitled, I say</text>"));
    scene.parts.title = false;
    QVERIFY(!svg().contains(">Untitled, I say</text>"));
    scene.parts.caption = false;
    QVERIFY(!svg().contains(">Colour: "));
    QVERIFY(height() < before);
    const QByteArray withLegend = svg();
    scene.parts.legend = false;
    // Steps and Flow have none; the bar of a text is one of few words.
    QVERIFY(view == "steps" || view == "text" || view == "flow"
        || svg().count("<text") < withLegend.count("<text"));
}

void TestExportFigure::saysHowItIsMadeAgain()
{
    Scene scene = textScene();
    scene.display.scale = Scale::SquareRoot;
    scene.options.insert("window", QRectF(1, 2, 3, 4));
    ExportOptions options;
    options.input = QStringList{ "sentiment", "--text", "it isn't" };
    written(scene, "again.png", options);
    QCOMPARE(QImage(target("again.png")).text("command"),
        "headlight render sentiment --text 'it isn'\\''t' --view heatmap --layer 1 --head 2 --query 2 --key "
        "3 "
        "--scale sqrt --option window=1,2,3,4 --theme light");
    QVERIFY(written(scene, "again.svg", options).contains("--scale sqrt"));
}

void TestExportFigure::sizesForPaperAndSlides()
{
    ExportOptions options;
    options.fit = ExportOptions::Fit::Page;
    written(textScene(), "page.png", options);
    const QImage page(target("page.png"));
    QCOMPARE(page.width(), 2102); // 178 mm / 25.4 × 300
    QCOMPARE(qRound(page.dotsPerMeterX() * 0.0254), 300);
    options.fit = ExportOptions::Fit::Column;
    QVERIFY2(written(textScene(), "column.svg", options).contains("<svg width=\"321.26\""),
        "85 mm are 321.26 pixels");
    options.fit = ExportOptions::Fit::Slide;
    written(textScene(), "slide.png", options);
    QCOMPARE(QImage(target("slide.png")).size(), QSize(1920, 1080));
}

void TestExportFigure::aFullDiskIsSaid()
{
    for (const char* name : { "full.png", "full.svg", "full.csv" }) {
        QVERIFY(QFile::link("/dev/full", target(name)));
        const Status status = exportFigure(*viewById("heatmap"), textScene(), target(name).toStdString(), {});
        QVERIFY(!status);
        QCOMPARE(status.error().kind, ErrorKind::Unwritable);
        QVERIFY2(status.error().message.find("No space left") != std::string::npos,
            status.error().message.c_str());
        QFile::remove(target(name));
    }
}

void TestExportFigure::pdfTextCanBeRead()
{
    const QString program = QStandardPaths::findExecutable("pdftotext");
    if (program.isEmpty())
        QSKIP("pdftotext is not installed");
    Scene scene = textScene();
    scene.title = "Heads of my own";
    written(scene, "text.pdf");
    QProcess reader;
    reader.start(program, { target("text.pdf"), "-" });
    QVERIFY(reader.waitForFinished());
    const QString text = QString::fromUtf8(reader.readAllStandardOutput());
    QVERIFY2(text.contains(scene.title) && text.contains("animal"), qPrintable(text));
}

void TestExportFigure::withoutASizeTheFigureChooses()
{
    const Scene scene = textScene();
    written(scene, "natural.png", { {}, 96, false });
    written(scene, "twice.png", { {}, 192, false });
    const QSize natural = viewById("heatmap")->figure().naturalSize(scene).toSize();
    QCOMPARE(QImage(target("natural.png")).size(), natural);
    QCOMPARE(QImage(target("twice.png")).size(), natural * 2);
}

void TestExportFigure::transparentHasNoBackground()
{
    written(textScene(), "clear.png", { {}, 96, true });
    QCOMPARE(QImage(target("clear.png")).pixelColor(1, 1).alpha(), 0);
    written(textScene(), "solid.png");
    QCOMPARE(QImage(target("solid.png")).pixelColor(1, 1), Theme::of(ThemeKind::Light).window);
}

void TestExportFigure::svgHoldsTokensAsText()
{
    Scene scene = textScene();
    scene.title = "a < b & c";
    const QByteArray svg = written(scene, "a.svg");
    QXmlStreamReader xml(svg);
    QStringList texts;
    QString description, title;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        if (xml.name() == u"text")
            texts << xml.readElementText();
        else if (xml.name() == u"desc")
            description = xml.readElementText();
        else if (xml.name() == u"title")
            title = xml.readElementText();
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    for (const char* token : { "animal", "cross", "[CLS]" })
        QVERIFY2(texts.contains(token), token);
    QVERIFY(texts.contains(scene.title));
    QCOMPARE(title, scene.title);
    QVERIFY2(description.contains("layer: 1; head: 2"), qPrintable(description));
}

void TestExportFigure::smallMapsAreVectorLargeOnesOneImage()
{
    const QByteArray small = written(textScene(9), "small.svg");
    QVERIFY(small.count("<rect") > 81 || small.count("<path") > 81);
    QVERIFY(!small.contains("<image"));
    const QByteArray large = written(textScene(512), "large.svg"); // 262,144 cells
    QVERIFY(large.contains("<image"));
    QVERIFY(large.size() < 4'000'000);
}

void TestExportFigure::csvReadsBackExactly()
{
    const Scene scene = textScene();
    const auto lines = QString::fromUtf8(written(scene, "a.csv")).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 10);
    const AttentionMap map(scene.result->trace->layer({ AttentionKind::Encoder, 1 }), 2);
    for (int row = 0; row < 9; ++row) {
        const auto fields = lines[row + 1].split(',');
        QCOMPARE(fields.size(), 10);
        for (int column = 0; column < 9; ++column) {
            const std::string text = fields[column + 1].toStdString();
            float weight = -1;
            std::from_chars(text.data(), text.data() + text.size(), weight);
            QCOMPARE(weight, map.at(row, column));
        }
    }
}

void TestExportFigure::refusals_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<int>("dpi");
    QTest::addColumn<QString>("says");
    const QSize natural;
    QTest::newRow("no such folder") << "/no/such/folder/a.png" << natural << 96 << "/no/such/folder/a.png";
    QTest::newRow("unknown ending") << target("a.bmp") << natural << 96 << ".png, .svg, .pdf";
    QTest::newRow("no animation") << target("a.gif") << natural << 96 << "animation";
    QTest::newRow("no ending") << target("a") << natural << 96 << "ending";
    QTest::newRow("too large") << target("a.png") << QSize(90'000, 100) << 96 << "90000×100";
    QTest::newRow("too small") << target("a.png") << QSize(1, 1) << 96 << "1×1";
    QTest::newRow("no resolution") << target("a.png") << natural << 0 << "0 dpi";
    QTest::newRow("a folder") << m_folder.path() + "/folder.png" << natural << 96 << "folder.png";
}

void TestExportFigure::refusals()
{
    QFETCH(QString, path);
    QFETCH(QSize, size);
    QFETCH(int, dpi);
    QFETCH(QString, says);
    QDir(m_folder.path()).mkdir("folder.png");
    const Status status =
        exportFigure(*viewById("heatmap"), textScene(), path.toStdString(), { size, dpi, false });
    QVERIFY(!status);
    QVERIFY2(
        status.error().message.find(says.toStdString()) != std::string::npos, status.error().message.c_str());
}

void TestExportFigure::aFailureLeavesTheOldFile()
{
    QVERIFY(writeFile(target("old.png").toStdString(), "old"));
    Scene nothing;
    QVERIFY(!exportFigure(*viewById("heatmap"), nothing, target("old.png").toStdString(), {}));
    QCOMPARE(contentOf(target("old.png")), "old");
}

HEADLIGHT_TEST_MAIN(TestExportFigure)
#include "tst_export_figure.moc"
