// The Grid under mouse and keyboard; places in pixels follow from the layout struct, statistics from the run.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/view_fixture.h"
#include "ui/views/grid_figure.h"

#include <QDoubleSpinBox>

using namespace headlight;
using namespace headlight::ui;

class TestGridView : public test::TestCase {
    Q_OBJECT
private slots:
    void twelveByTwelveFitsOnOneScreen();
    void placesAndPixelsAgree();
    void clickChoosesTheHead();
    void doubleClickAndEnterOpen();
    void hoverTellsTheHead();
    void sortingIsByTheStatistic_data();
    void sortingIsByTheStatistic();
    void filterDropsHeads();
    void rolesSortAndFilter();
    void importanceSortsWhenItIsThere();
    void controlsAreOptionsOfTheSession();
    void pixelIsTheColourOfTheWeight();
    void hiddenTokensLeaveTheThumbnails();
    void rowsWaitForTheirLayers();
    void rowsSayWhatTheirLayersSee();
    void headsOfAKeyStandUnderOneLine();

private:
    static QWidget* canvas(const test::ViewFixture& fixture)
    {
        for (QWidget* widget : fixture.view->findChildren<QWidget*>())
            if (widget->accessibleName().startsWith("Thumbnails"))
                return widget;
        return nullptr;
    }
    /// Where the canvas puts its thumbnails, as the view computes it.
    static GridLayout layoutOf(const test::ViewFixture& fixture)
    {
        const GridPicture picture(fixture.view->scene(), GridPicture::Precision::Coarse);
        return picture.layout(QRectF(canvas(fixture)->rect()).adjusted(0, 0, -82, 0));
    }
};

void TestGridView::twelveByTwelveFitsOnOneScreen()
{
    const test::ViewFixture fixture("grid", test::syntheticText({ 12, 12, 14 }), { 760, 560 });
    const GridLayout layout = layoutOf(fixture);
    QVERIFY(QRectF(canvas(fixture)->rect()).contains(layout.rect(143)));
    QVERIFY(layout.thumbnail.width() > 30 && layout.thumbnail.height() > 20);
}

void TestGridView::placesAndPixelsAgree()
{
    const GridLayout layout = GridLayout::fitted({ 10, 20, 700, 500 }, 5, 7, GridLayout::Labels::Beneath);
    for (int place = 0; place < 35; ++place) {
        QCOMPARE(*layout.placeAt(layout.rect(place).center()), place);
        QCOMPARE(*layout.placeAt(layout.rect(place).topLeft()), place);
    }
    QVERIFY(!layout.placeAt({ 5, 25 }));
    QVERIFY(!layout.placeAt(layout.area.bottomRight() + QPointF(1, 1)));
    QVERIFY(!GridLayout::fitted({ 0, 0, 100, 100 }, 0, 0, GridLayout::Labels::Sides).placeAt({ 5, 5 }));
}

void TestGridView::clickChoosesTheHead()
{
    test::ViewFixture fixture("grid", test::syntheticText({ 4, 5, 9 }));
    QTest::mouseClick(
        canvas(fixture), Qt::LeftButton, {}, layoutOf(fixture).rect(2 * 5 + 3).center().toPoint());
    QCOMPARE(fixture.session.selection().layer, 2);
    QCOMPARE(fixture.session.selection().heads, std::vector{ 3 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, Qt::ControlModifier,
        layoutOf(fixture).rect(2 * 5 + 1).center().toPoint());
    QCOMPARE(fixture.session.selection().heads, (std::vector{ 1, 3 }));
    QTest::mouseClick(
        canvas(fixture), Qt::LeftButton, Qt::ControlModifier, layoutOf(fixture).rect(0).center().toPoint());
    QCOMPARE(fixture.session.selection().heads, std::vector{ 0 });
    QTest::keyClick(fixture.view.get(), Qt::Key_Right);
    QTest::keyClick(fixture.view.get(), Qt::Key_Down);
    QCOMPARE(fixture.session.selection().layer, 1);
    QCOMPARE(fixture.session.selection().heads, std::vector{ 1 });
}

void TestGridView::doubleClickAndEnterOpen()
{
    test::ViewFixture fixture("grid", test::syntheticText({ 2, 2, 9 }));
    QSignalSpy opened(fixture.view.get(), &View::openRequested);
    QTest::mouseDClick(canvas(fixture), Qt::LeftButton, {}, layoutOf(fixture).rect(1).center().toPoint());
    QTest::keyClick(fixture.view.get(), Qt::Key_Return);
    QCOMPARE(opened.size(), 2);
    QCOMPARE(opened[0][0].toString(), "heatmap");
    QCOMPARE(fixture.session.selection().heads, std::vector{ 1 });
}

void TestGridView::hoverTellsTheHead()
{
    test::ViewFixture fixture("grid", test::syntheticText({ 3, 3, 9 }));
    const QImage before = fixture.picture();
    QMouseEvent move(QEvent::MouseMove, layoutOf(fixture).rect(4).center(), QPointF(), Qt::NoButton, {}, {});
    QApplication::sendEvent(canvas(fixture), &move);
    QCOMPARE(fixture.session.hover().layer, 1);
    QCOMPARE(fixture.session.hover().head, 1);
    QVERIFY(fixture.picture() != before);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(canvas(fixture), &leave);
    QVERIFY(!fixture.session.hover().head);
    QCOMPARE(fixture.picture(), before);
}

void TestGridView::sortingIsByTheStatistic_data()
{
    QTest::addColumn<int>("order");
    QTest::newRow("entropy") << int(GridOrder::Entropy);
    QTest::newRow("distance") << int(GridOrder::Distance);
    QTest::newRow("largest") << int(GridOrder::Largest);
}

void TestGridView::sortingIsByTheStatistic()
{
    QFETCH(int, order);
    Scene scene;
    scene.result = test::syntheticText({ 4, 4, 12 });
    scene.options = { { "order", id(GridOrder(order)) } };
    const GridPicture picture(scene, GridPicture::Precision::Exact);
    QCOMPARE(picture.places(), 16);
    for (int place = 1; place < 16; ++place) {
        const HeadStatistics& a = picture.at(place - 1)->facts.statistics;
        const HeadStatistics& b = picture.at(place)->facts.statistics;
        const bool sorted = GridOrder(order) == GridOrder::Entropy ? a.entropy <= b.entropy
            : GridOrder(order) == GridOrder::Distance              ? a.distance <= b.distance
                                                                   : a.largest >= b.largest;
        QVERIFY(sorted);
    }
}

void TestGridView::filterDropsHeads()
{
    Scene scene;
    scene.result = test::syntheticText({ 4, 4, 12 });
    scene.options = { { "order", "entropy" }, { "minEntropy", 1.5 }, { "maxEntropy", 2.2 } };
    const GridPicture picture(scene, GridPicture::Precision::Exact);
    QVERIFY(picture.places() > 0 && picture.places() < 16);
    for (int place = 0; place < picture.places(); ++place) {
        const float entropy = picture.at(place)->facts.statistics.entropy;
        QVERIFY(entropy >= 1.5f && entropy <= 2.2f);
    }
    QVERIFY(!picture.at(picture.places()));
    QVERIFY(!picture.at(-1));
}

/// Of the weights the test data has: kind 0 looks at the token before, kind 1 at the last one, kind 2 nearby.
void TestGridView::rolesSortAndFilter()
{
    Scene scene;
    scene.result = test::syntheticText({ 4, 4, 12 });
    scene.options = { { "order", "role" } };
    const GridPicture all(scene, GridPicture::Precision::Exact);
    QCOMPARE(all.at(0)->facts.role.role, HeadRole::Previous);
    QCOMPARE(all.at(3)->facts.role.role, HeadRole::Previous); // one head of each layer
    QVERIFY(all.at(4)->facts.role.role != HeadRole::Previous);
    QVERIFY(all.at(0)->role.startsWith("previous token 0."));
    scene.options.insert("role", "separator");
    const GridPicture sinks(scene, GridPicture::Precision::Exact);
    QCOMPARE(sinks.places(), 4);
    QVERIFY(sinks.at(0)->role.startsWith("[SEP] sink"));
    QVERIFY(sinks.heading(scene).chips.contains("previous token 4"));
    QVERIFY(sinks.heading(scene).chips.contains("4 of 16 heads"));
}

void TestGridView::importanceSortsWhenItIsThere()
{
    Scene scene;
    scene.result = test::syntheticText({ 2, 2, 8 });
    scene.options = { { "order", "importance" },
        { "importance",
            importanceOption({ { { AttentionKind::Encoder, 0 }, { 0.6f, 0.8f } },
                                 { { AttentionKind::Encoder, 1 }, { 1.0f, 0.0f } } },
                { AttentionKind::Encoder, 1 }) } };
    const GridPicture picture(scene, GridPicture::Precision::Exact);
    const std::vector<std::pair<int, int>> expected{ { 1, 0 }, { 0, 1 }, { 0, 0 }, { 1, 1 } };
    for (int place = 0; place < 4; ++place)
        QCOMPARE(std::pair(picture.at(place)->layer, picture.at(place)->head), expected[std::size_t(place)]);
    scene.options.insert("minImportance", 0.7);
    QCOMPARE(GridPicture(scene, GridPicture::Precision::Exact).places(), 2);
}

void TestGridView::controlsAreOptionsOfTheSession()
{
    test::ViewFixture fixture("grid", test::syntheticText({ 4, 4, 12 }));
    fixture.session.setViewOption("grid", "role", "previous");
    QCOMPARE(GridOptions::of(fixture.view->scene().options).role, HeadRole::Previous);
    fixture.session.setViewOption("grid", "order", "distance");
    auto* least = fixture.view->findChildren<QDoubleSpinBox*>().front();
    QCOMPARE(least->accessibleName(), QString("Least distance"));
    least->setValue(2.0);
    QCOMPARE(fixture.session.viewOptions("grid").value("minDistance").toDouble(), 2.0);
    fixture.session.setViewOption("grid", "minDistance", {});
    QCOMPARE(least->value(), least->minimum());
    // What was not run on a model has no gradient: the choice says why.
    for (const QAction* action : fixture.view->findChildren<QAction*>())
        if (action->data() == "importance")
            QVERIFY(!action->isEnabled() && !action->toolTip().isEmpty());
}

void TestGridView::pixelIsTheColourOfTheWeight()
{
    test::ViewFixture fixture("grid", test::syntheticText({ 2, 2, 6 }));
    fixture.display([](DisplaySettings& d) { d.normalise = Normalise::None; });
    const QRectF thumb = layoutOf(fixture).rect(3);
    const QImage image = canvas(fixture)->grab().toImage();
    const AttentionMap map(fixture.session.result()->trace->layer({ AttentionKind::Encoder, 1 }), 1);
    for (int row = 1; row < 5; ++row)
        for (int column = 1; column < 5; ++column) {
            const QPoint pixel(int(thumb.left() + (column + 0.5) * thumb.width() / 6),
                int(thumb.top() + (row + 0.5) * thumb.height() / 6));
            QCOMPARE(image.pixelColor(pixel), QColor(colourMap("viridis").at(map.at(row, column))));
        }
}

void TestGridView::hiddenTokensLeaveTheThumbnails()
{
    test::ViewFixture fixture("grid", test::syntheticText({ 2, 2, 9 }));
    fixture.display([](DisplaySettings& d) { d.hideSpecialTokens = true; });
    const GridPicture picture(fixture.view->scene(), GridPicture::Precision::Exact);
    QCOMPARE(picture.at(0)->image.size(), QSize(7, 7));
    test::ViewFixture large("grid", test::syntheticText({ 2, 2, 80 }));
    const QImage before = large.picture();
    large.display([](DisplaySettings& d) { d.hideSpecialTokens = true; });
    QTRY_VERIFY(large.picture() != before); // the exact ones come from a worker
}

void TestGridView::rowsWaitForTheirLayers()
{
    const test::SampleResources sample;
    const Engine engine(sample.resources());
    const auto model = engine.open("sentiment", {});
    QVERIFY(model);
    std::vector<std::shared_ptr<const AnalysisResult>> results;
    AnalysisRequest request;
    request.input = TextInput{ "it was tired", std::nullopt };
    request.partialInterval = std::chrono::milliseconds(0);
    request.partial = [&](auto partial) { results.push_back(std::move(partial)); };
    results.push_back(*engine.run(*model, request, {}));
    Scene scene;
    scene.selection = firstSelection(*results.front());
    std::vector<QRectF> places;
    for (const auto& result : results) {
        scene.result = result;
        const GridPicture picture(scene, GridPicture::Precision::Coarse);
        const auto layers = int(result->trace->layers().size()), heads = (*model)->network->info().heads;
        places.push_back(picture.layout({ 0, 0, 500, 400 }).rect(0));
        QCOMPARE(picture.places(), (*model)->network->info().layers * heads); // nothing moves when they arrive
        for (int place = 0; place < picture.places(); ++place)
            QCOMPARE(picture.at(place) != nullptr, place < layers * heads);
        const test::ViewFixture fixture("grid", std::const_pointer_cast<AnalysisResult>(result));
        QVERIFY(!fixture.view->grab().isNull());
        QCOMPARE(picture.heading(scene).chips.contains(QStringLiteral("layers so far: %1").arg(layers)), !result->complete);
    }
    QCOMPARE(results.size(), std::size_t(3));
    QVERIFY(places[0] == places[1] && places[1] == places[2]);
}

/// Labels take the room their longest line needs; the heading counts the layers of each kind, the card names the head's.
void TestGridView::rowsSayWhatTheirLayersSee()
{
    const auto result = test::withMarks({ 4, 3, 12 }, 1, { "sliding 512", "full", "sliding 512", "full" }, { "", "", "", "no positions" });
    test::ViewFixture fixture("grid", result);
    const GridPicture picture(fixture.view->scene(), GridPicture::Precision::Exact);
    QCOMPARE(picture.at(0)->mark, "sliding 512");
    QCOMPARE(picture.at(10)->mark, "full · no positions");
    const QStringList chips = picture.heading(fixture.view->scene()).chips;
    QVERIFY(chips.contains("sliding 512 in 2 of 4 layers") && chips.contains("no positions in 1 of 4 layers"));
    const GridLayout layout = layoutOf(fixture);
    const QFontMetricsF metrics(currentTheme().small);
    QVERIFY(layout.labelsWidth - 8 >= metrics.horizontalAdvance("sliding 512"));
    QVERIFY(layout.labelsWidth - 8 >= metrics.horizontalAdvance("no positions"));
    QCOMPARE(layoutOf(test::ViewFixture("grid", test::syntheticText({ 4, 3, 12 }))).labelsWidth, GridLayout::rowLabelWidth);
    // The second line of a label is ink beneath its first: more of it than where nothing is to be said.
    const auto ink = [&](const QImage& image, int row) {
        const QRect label = QRectF(layout.area.left() - layout.labelsWidth, layout.rect(row * 3).center().y() + 2, layout.labelsWidth - 8, 12).toRect();
        return test::colourCount(image.copy(label));
    };
    const QImage marked = canvas(fixture)->grab().toImage();
    QVERIFY(ink(marked, 0) > 4 && ink(marked, 3) > 4);
}

void TestGridView::headsOfAKeyStandUnderOneLine()
{
    const auto result = test::withMarks({ 2, 4, 8 }, 2, { "full", "full" }, { "", "" });
    test::ViewFixture fixture("grid", result);
    const GridPicture picture(fixture.view->scene(), GridPicture::Precision::Exact);
    QVERIFY(picture.heading(fixture.view->scene()).chips.contains("keys shared by 2 heads"));
    QVERIFY(picture.at(0)->mark.isEmpty());
    const GridLayout layout = layoutOf(fixture);
    const QImage image = canvas(fixture)->grab().toImage();
    const int y = int(std::floor(layout.area.top())) - 3;
    const auto between = [&](int left) { return int((layout.rect(left).right() + layout.rect(left + 1).left()) / 2); };
    QVERIFY(image.pixel(between(0), y) != image.pixel(between(1), y)); // heads 0 and 1 are joined, 1 and 2 are not
    QCOMPARE(image.pixel(between(0), y), image.pixel(between(2), y));
}

HEADLIGHT_TEST_MAIN(TestGridView)
#include "tst_grid_view.moc"
