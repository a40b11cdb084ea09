// The map under the hand: pixels are the colour of their weight, a click is the cell under the pointer, the
// wheel zooms there, and large maps read no more than they must.

#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/widgets/axis_labels.h"
#include "ui/widgets/heatmap_canvas.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

std::shared_ptr<HeatmapContent> contentOf(
    int rows, int columns, const Tensor& values, const Tensor& pooled = {})
{
    auto content = std::make_shared<HeatmapContent>();
    content->rows = rows;
    content->columns = columns;
    for (int i = 0; i < rows; ++i)
        content->rowLabels << QStringLiteral("row%1").arg(i);
    for (int i = 0; i < columns; ++i)
        content->columnLabels << QStringLiteral("column%1").arg(i);
    content->cells = { { 0, rows, 0, columns }, pooled.empty() ? values : pooled };
    content->colours = { &colourMap("viridis"), Scale::Linear, { 1.0f } };
    return content;
}

Tensor ramp(int rows, int columns)
{
    return Tensor::make({ rows, columns }, [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float((i * 37) % 101) / 100.0f;
    });
}

struct Fixture {
    QWidget window;
    HeatmapCanvas canvas{ &window };
    Tensor values;
    // Shared with the jobs on other threads, which may outlive the canvas.
    std::shared_ptr<std::vector<Block>> asked = std::make_shared<std::vector<Block>>();

    Fixture(int rows, int columns, const Tensor& pooled = {})
        : values(ramp(rows, columns))
    {
        window.resize(760, 620);
        canvas.resize(760, 620);
        canvas.setContent(contentOf(rows, columns, values, pooled),
            [values = values, asked = asked, columns](
                const Block& block, std::int64_t height, std::int64_t width, const std::stop_token&) {
                asked->push_back(block);
                return Tensor::make({ height, width }, [&](std::span<float> out) {
                    std::size_t i = 0;
                    for (std::int64_t y = 0; y < height; ++y)
                        for (std::int64_t x = 0; x < width; ++x)
                            out[i++] = values.at((block.firstRow + y * block.rows() / height) * columns
                                + block.firstColumn + x * block.columns() / width);
                });
            });
        window.show();
        QCoreApplication::processEvents();
    }
    QPoint centre(int row, int column) const
    {
        return canvas.cells().cellRect(row, column).center().toPoint();
    }
    void wheel(const QPoint& at, int steps)
    {
        QWheelEvent event(
            at, canvas.mapToGlobal(at), {}, { 0, 120 * steps }, {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&canvas, &event);
    }
    void move(const QPoint& to, Qt::MouseButtons buttons = {})
    {
        QMouseEvent event(QEvent::MouseMove, to, canvas.mapToGlobal(to), Qt::NoButton, buttons, {});
        QApplication::sendEvent(&canvas, &event);
    }
};

} // namespace

class TestHeatmapCanvas : public test::TestCase {
    Q_OBJECT
private slots:
    void pixelsAreTheColoursOfTheWeights_data();
    void pixelsAreTheColoursOfTheWeights();
    void rowTopsColourTheirRows();
    void clickIsTheCellUnderThePointer();
    void labelsChooseWholeRowsAndColumns();
    void hoverIsExact();
    void wheelZoomsAtThePointer();
    void dragPansWithoutAClick();
    void doubleClickGoesInAndOut();
    void zoomStaysWhenTheMapChanges();
    void largeMapsReadDetailOnlyWhereItIsSeen();
    void pooledCellsKeepTheLargest();
    void labelsThinOut();
};

void TestHeatmapCanvas::pixelsAreTheColoursOfTheWeights_data()
{
    QTest::addColumn<int>("cells");
    QTest::newRow("3") << 3;
    QTest::newRow("20, with gaps") << 20;
    QTest::newRow("100, without") << 100;
    QTest::newRow("400") << 400;
}

void TestHeatmapCanvas::pixelsAreTheColoursOfTheWeights()
{
    QFETCH(int, cells);
    Fixture f(cells, cells);
    const QImage image = f.canvas.grab().toImage();
    for (int row = 0; row < cells; row += std::max(1, cells / 7))
        for (int column = 0; column < cells; column += std::max(1, cells / 7)) {
            // Off the centre, where a number may be printed.
            const QRectF rect = f.canvas.cells().cellRect(row, column);
            const QPoint pixel =
                rect.width() > 8 ? (rect.topLeft() + QPointF(2.5, 2.5)).toPoint() : rect.center().toPoint();
            const Cell cell = *f.canvas.cells().cellAt(QPointF(pixel) + QPointF(0.5, 0.5));
            const QColor expected = colourMap("viridis").at(f.values.at(cell.row * cells + cell.column));
            QCOMPARE(image.pixelColor(pixel), expected);
        }
}

void TestHeatmapCanvas::rowTopsColourTheirRows()
{
    Fixture f(4, 4);
    auto content = contentOf(4, 4, Tensor::filled({ 4, 4 }, 0.25f));
    content->colours.tops = { 0.25f, 0.5f, 1.0f, 0.25f };
    f.canvas.setContent(content, {});
    const QImage image = f.canvas.grab().toImage();
    for (int row = 0; row < 4; ++row) {
        const QPoint pixel = (f.canvas.cells().cellRect(row, 1).topLeft() + QPointF(3.5, 3.5)).toPoint();
        QCOMPARE(image.pixelColor(pixel),
            QColor(colourMap("viridis").at(0.25f / content->colours.tops[std::size_t(row)])));
    }
}

void TestHeatmapCanvas::clickIsTheCellUnderThePointer()
{
    Fixture f(9, 14);
    QSignalSpy clicked(&f.canvas, &HeatmapCanvas::cellClicked);
    QTest::mouseClick(&f.canvas, Qt::LeftButton, Qt::ControlModifier, f.centre(5, 11));
    QCOMPARE(clicked.size(), 1);
    QCOMPARE(clicked[0][0].value<Cell>(), (Cell{ 5, 11 }));
    QCOMPARE(clicked[0][1].value<Qt::KeyboardModifiers>(), Qt::ControlModifier);
    QTest::mouseClick(&f.canvas, Qt::LeftButton, {}, { 755, 615 });
    QTest::mouseClick(&f.canvas, Qt::RightButton, {}, f.centre(1, 1));
    QCOMPARE(clicked.size(), 1);
}

void TestHeatmapCanvas::labelsChooseWholeRowsAndColumns()
{
    Fixture f(9, 9);
    QSignalSpy rows(&f.canvas, &HeatmapCanvas::rowClicked), columns(&f.canvas, &HeatmapCanvas::columnClicked);
    QTest::mouseClick(&f.canvas, Qt::LeftButton, {}, f.centre(4, 0) - QPoint(60, 0));
    QTest::mouseClick(&f.canvas, Qt::LeftButton, {}, f.centre(0, 7) - QPoint(0, 60));
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows[0][0].toInt(), 4);
    QCOMPARE(columns.size(), 1);
    QCOMPARE(columns[0][0].toInt(), 7);
}

void TestHeatmapCanvas::hoverIsExact()
{
    Fixture f(300, 300);
    std::optional<Cell> told;
    connect(&f.canvas, &HeatmapCanvas::hovered, [&](std::optional<Cell> cell) { told = cell; });
    f.canvas.setReadOut(
        [](const Cell& cell) { return QStringLiteral("%1 %2").arg(cell.row).arg(cell.column); });
    const QImage before = f.canvas.grab().toImage();
    f.move(f.centre(123, 45));
    QCOMPARE(told, f.canvas.cells().cellAt(f.centre(123, 45)));
    QVERIFY(f.canvas.grab().toImage() != before);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(&f.canvas, &leave);
    QVERIFY(!told);
    QCOMPARE(f.canvas.grab().toImage(), before);
}

void TestHeatmapCanvas::wheelZoomsAtThePointer()
{
    Fixture f(300, 300);
    const QPoint at = f.centre(200, 60);
    const Cell under = *f.canvas.cells().cellAt(at);
    f.wheel(at, 12);
    QVERIFY(f.canvas.cells().zoomedIn());
    QCOMPARE(*f.canvas.cells().cellAt(at), under);
    f.wheel(at, 20); // numbers are printed here
    f.canvas.grab();
    QCOMPARE(*f.canvas.cells().cellAt(at), under);
    f.wheel(at, -60);
    QVERIFY(!f.canvas.cells().zoomedIn());
}

void TestHeatmapCanvas::dragPansWithoutAClick()
{
    Fixture f(300, 300);
    f.wheel(f.centre(150, 150), 14);
    QSignalSpy clicked(&f.canvas, &HeatmapCanvas::cellClicked);
    const QPointF before = f.canvas.cells().window.topLeft();
    const QPoint from = f.canvas.cells().plot.center().toPoint();
    QTest::mousePress(&f.canvas, Qt::LeftButton, {}, from);
    f.move(from + QPoint(15, 0), Qt::LeftButton);
    f.move(from + QPoint(60, 40), Qt::LeftButton);
    QTest::mouseRelease(&f.canvas, Qt::LeftButton, {}, from + QPoint(60, 40));
    const QPointF moved = before - f.canvas.cells().window.topLeft();
    QVERIFY(std::abs(moved.x() * f.canvas.cells().cellWidth() - 60) < 1e-6);
    QVERIFY(std::abs(moved.y() * f.canvas.cells().cellHeight() - 40) < 1e-6);
    QCOMPARE(clicked.size(), 0);
}

void TestHeatmapCanvas::doubleClickGoesInAndOut()
{
    Fixture f(200, 200);
    QTest::mouseDClick(&f.canvas, Qt::LeftButton, {}, f.centre(20, 30));
    QVERIFY(f.canvas.cells().cellWidth() > 100);
    QTest::mouseDClick(&f.canvas, Qt::LeftButton, {}, f.canvas.cells().plot.center().toPoint());
    QVERIFY(!f.canvas.cells().zoomedIn());
}

void TestHeatmapCanvas::zoomStaysWhenTheMapChanges()
{
    Fixture f(200, 200);
    f.wheel(f.centre(100, 100), 10);
    const QRectF window = f.canvas.cells().window;
    f.canvas.setContent(contentOf(200, 200, ramp(200, 200)), {});
    QCOMPARE(f.canvas.cells().window, window);
    f.canvas.setContent(contentOf(100, 200, ramp(100, 200)), {});
    QVERIFY(!f.canvas.cells().zoomedIn());
    f.canvas.setContent(nullptr, {});
    f.canvas.grab();
}

void TestHeatmapCanvas::largeMapsReadDetailOnlyWhereItIsSeen()
{
    constexpr int n = 2000;
    Fixture f(n, n, ramp(64, 64));
    QTRY_VERIFY(!f.asked->empty()); // the whole map, pooled, from a worker
    QCOMPARE(f.asked->front().rows(), std::int64_t(n));
    f.wheel(f.canvas.cells().plot.center().toPoint(), 16);
    const Block last = f.asked->back(), visible = f.canvas.cells().visible();
    QVERIFY(last.rows() * last.columns() <= HeatmapCanvas::promptCells);
    QVERIFY(last.firstRow <= visible.firstRow && last.lastRow >= visible.lastRow);
    const QImage image = f.canvas.grab().toImage();
    const Cell cell{ int(visible.firstRow + visible.rows() / 2),
        int(visible.firstColumn + visible.columns() / 2) };
    QCOMPARE(image.pixelColor(f.centre(cell.row, cell.column)),
        QColor(colourMap("viridis").at(f.values.at(std::int64_t(cell.row) * n + cell.column))));
}

void TestHeatmapCanvas::pooledCellsKeepTheLargest()
{
    constexpr int n = 1200;
    Fixture f(8, 8);
    const auto values = Tensor::make({ n, n }, [](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        out[std::size_t(700) * n + 411] = 1.0f; // one bright cell among 1.44 million
    });
    auto content = contentOf(n, n, values);
    f.canvas.setContent(content, {});
    const QImage image = f.canvas.grab().toImage();
    const QPointF at = f.canvas.cells().cellRect(700, 411).center();
    QCOMPARE(image.pixelColor(int(at.x()), int(at.y())), QColor(colourMap("viridis").at(1.0f)));
}

void TestHeatmapCanvas::labelsThinOut()
{
    const std::vector<int> none, chosen{ 7 };
    QCOMPARE(thinnedLabels({ 0, 5 }, 20, 15, none), (std::vector{ 0, 1, 2, 3, 4 }));
    QCOMPARE(thinnedLabels({ 0, 10 }, 5, 15, none), (std::vector{ 0, 3, 6, 9 }));
    QCOMPARE(thinnedLabels({ 0, 10 }, 5, 15, chosen), (std::vector{ 0, 3, 7 }));
    QCOMPARE(thinnedLabels({ 4, 10 }, 5, 15, none), (std::vector{ 6, 9 }));
    QVERIFY(thinnedLabels({ 0, 0 }, 5, 15, chosen).empty());
}

HEADLIGHT_TEST_MAIN(TestHeatmapCanvas)
#include "tst_heatmap_canvas.moc"
