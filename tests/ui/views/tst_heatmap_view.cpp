// The Heatmap in its view: what a click chooses, what the figure says, what hiding special tokens does to the
// numbers.

#include "tests/support/view_fixture.h"
#include "ui/views/heatmap_figure.h"
#include "ui/views/heads_panel.h"
#include "ui/views/view_colours.h"
#include "ui/widgets/heatmap_canvas.h"

#include <QAccessible>
#include <QLabel>
#include <QMenu>
#include <QPointingDevice>
#include <QPushButton>
#include <cmath>

using namespace headlight;
using namespace headlight::ui;

class TestHeatmapView : public test::TestCase {
    Q_OBJECT
private slots:
    void chipsSayWhatTheLayerSees();
    void clickChoosesTheCell();
    void ctrlClickAddsAQuery();
    void overviewChoosesAHead();
    void largerTypeLaysOutAnew();
    void theSentenceSaysWhereItIsCut();
    void withoutAModelItSaysWhatToDo();
    void arrowsMoveTheCell();
    void zoomIsPartOfTheScene();
    void hidingTakesRowsAndColumns();
    void renormalisedRowsSumToOne();
    void joinedHeads_data();
    void joinedHeads();
    void topsFollowTheNormalisation_data();
    void topsFollowTheNormalisation();
    void samplingKeepsTheLargestAndTheMean();
    void columnSumsAreWhatKeysReceive();
    void captionSaysWhatIsHidden();
    void largeMapsArriveFromAWorker();
    void theWindowIsKeptWhenItHasSettled();
    void theWindowComesBackFromTheSession();
    void poolingIsChosenWhereCellsShareAPixel();
    void rowsThatAreNotOneShowTheirSums();
    void pinchZooms();
    void aRoleFadesTheOtherHeads();
    void aHiddenViewTellsNothingOfAnOlderResult();

private:
    static Scene sceneOf(int tokens = 8)
    {
        Scene scene;
        scene.result = test::syntheticText({ 2, 3, tokens });
        return scene;
    }
};

void TestHeatmapView::clickChoosesTheCell()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 10 }));
    auto* canvas = f.child<HeatmapCanvas>();
    QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->cells().cellRect(3, 6).center().toPoint());
    QCOMPARE(f.session.selection().queries, std::vector{ 3 });
    QCOMPARE(f.session.selection().key, 6);
    f.display([](DisplaySettings& d) { d.hideSpecialTokens = true; });
    QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->cells().cellRect(0, 1).center().toPoint());
    QCOMPARE(f.session.selection().queries, std::vector{ 1 }); // [CLS] is not there
    QCOMPARE(f.session.selection().key, 2);
}

void TestHeatmapView::ctrlClickAddsAQuery()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 10 }));
    auto* canvas = f.child<HeatmapCanvas>();
    QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->cells().cellRect(3, 6).center().toPoint());
    QTest::mouseClick(
        canvas, Qt::LeftButton, Qt::ControlModifier, canvas->cells().cellRect(5, 6).center().toPoint());
    QCOMPARE(f.session.selection().queries, (std::vector{ 3, 5 }));
}

void TestHeatmapView::overviewChoosesAHead()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 3, 4, 10 }));
    auto* overview = f.child<OverviewMap>();
    const OverviewContent content = HeadsPanel::of(f.view->scene()).overview;
    QTest::mouseClick(overview, Qt::LeftButton, {},
        content.square(overview->rect(), content.values[1 * 4 + 2]).center().toPoint());
    QCOMPARE(f.session.selection().layer, 1);
    QCOMPARE(f.session.selection().heads, std::vector{ 2 });
}

void TestHeatmapView::largerTypeLaysOutAnew()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 3, 4, 10 }));
    const int width = f.child<HeadsPanelWidget>()->width();
    applyTheme(*qApp, ThemeKind::Light, 1.5);
    QCoreApplication::processEvents();
    QVERIFY(f.child<HeadsPanelWidget>()->width() > width * 5 / 4);
    f.view->hide();
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    QCoreApplication::processEvents();
    f.view->show();
    QCoreApplication::processEvents();
    QCOMPARE(f.child<HeadsPanelWidget>()->width(), width);
}

void TestHeatmapView::theSentenceSaysWhereItIsCut()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 40 }));
    for (int query = 0; query < 40; ++query) {
        f.select([&](Selection& s) { s.queries = { query }; });
        const RowSentence strip =
            RowSentence::of(f.view->scene(), ShownMap(f.view->scene()), 360, Effort::Exact);
        for (int i = 1; i < strip.flow.count(); ++i) // apart, also from the end of a word that is left out
            QVERIFY(strip.flow.text(i - 1) != "…"
                || strip.flow.rect(i).left() > strip.flow.rect(i - 1).right() + 1);
        const QString last = strip.flow.text(strip.flow.count() - 1);
        QVERIFY2(last == "…" || last == "[SEP]", qPrintable(last));
    }
}

void TestHeatmapView::withoutAModelItSaysWhatToDo()
{
    test::ViewFixture f("heatmap");
    f.view->show();
    emit f.session.resultChanged();
    QCoreApplication::processEvents();
    QVERIFY(std::ranges::any_of(f.view->findChildren<QLabel*>(), [](const QLabel* label) {
        return label->isVisible() && label->text().startsWith("No model is open");
    }));
    for (const QAbstractButton* button : f.view->findChildren<QAbstractButton*>())
        QVERIFY2(!button->isVisible(), qPrintable(button->text()));
}

void TestHeatmapView::arrowsMoveTheCell()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 10 }));
    f.select([](Selection& s) {
        s.queries = { 4 };
        s.key = 4;
    });
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QTest::keyClick(f.view.get(), Qt::Key_Down);
    QTest::keyClick(f.view.get(), Qt::Key_Down);
    QCOMPARE(f.session.selection().queries, std::vector{ 6 });
    QCOMPARE(f.session.selection().key, 5);
}

void TestHeatmapView::zoomIsPartOfTheScene()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 60 }));
    QVERIFY(!f.view->scene().options.contains("window"));
    QTest::keyClick(f.view.get(), Qt::Key_Plus);
    QTest::keyClick(f.view.get(), Qt::Key_Plus);
    const QRectF window = f.view->scene().options["window"].toRectF();
    QVERIFY(std::abs(window.width() - 60 / 2.25) < 1e-6);
    QTest::keyClick(f.view.get(), Qt::Key_0);
    QVERIFY(!f.view->scene().options.contains("window"));
}

void TestHeatmapView::hidingTakesRowsAndColumns()
{
    Scene scene = sceneOf();
    const ShownMap all(scene);
    scene.display.hideSpecialTokens = true;
    const ShownMap some(scene);
    QCOMPARE(some.rows(), 6);
    QCOMPARE(some.columns(), 6);
    for (int row = 0; row < 6; ++row)
        for (int column = 0; column < 6; ++column)
            QCOMPARE(some.at(row, column), all.at(row + 1, column + 1));
    QVERIFY(!some.rowOf(0) && !some.columnOf(7));
    QCOMPARE(*some.rowOf(1), 0);
}

void TestHeatmapView::renormalisedRowsSumToOne()
{
    Scene scene = sceneOf();
    scene.display.hideSpecialTokens = scene.display.renormaliseHidden = true;
    const ShownMap map(scene);
    for (int row = 0; row < 6; ++row) {
        float sum = 0;
        for (float weight : map.row(row))
            sum += weight;
        QVERIFY(std::abs(sum - 1) < 1e-5f);
        QCOMPARE(map.at(row, 3), map.row(row)[3]);
    }
}

void TestHeatmapView::joinedHeads_data()
{
    QTest::addColumn<bool>("mean");
    QTest::newRow("mean") << true;
    QTest::newRow("max") << false;
}

void TestHeatmapView::joinedHeads()
{
    QFETCH(bool, mean);
    Scene scene = sceneOf();
    scene.selection.heads = { 0, 2 };
    scene.selection.join = mean ? HeadJoin::Mean : HeadJoin::Max;
    const auto layer = scene.result->trace->layer({ AttentionKind::Encoder, 0 });
    const float a = AttentionMap(layer, 0).at(2, 3), b = AttentionMap(layer, 2).at(2, 3);
    QCOMPARE(ShownMap(scene).at(2, 3), mean ? (a + b) / 2 : std::max(a, b));
    QVERIFY(headTitle(scene).contains(mean ? "mean" : "max"));
}

void TestHeatmapView::topsFollowTheNormalisation_data()
{
    QTest::addColumn<int>("normalise");
    for (const Normalise n :
        { Normalise::None, Normalise::Row, Normalise::Head, Normalise::Layer, Normalise::Model })
        QTest::newRow(qPrintable(id(n))) << int(n);
}

void TestHeatmapView::topsFollowTheNormalisation()
{
    QFETCH(int, normalise);
    Scene scene = sceneOf();
    scene.display.normalise = Normalise(normalise);
    const ShownMap map(scene);
    const HeatmapContent content = heatmapContent(scene, map);
    float expected = 0;
    for (const auto& layer : scene.result->trace->layers())
        for (int head = 0; head < layer->heads; ++head) {
            const bool counts = Normalise(normalise) == Normalise::Model
                || (layer->site.layer == 0 && (head == 0 || Normalise(normalise) == Normalise::Layer));
            if (counts)
                expected = std::max(expected, largest(AttentionMap(layer, head).full()));
        }
    if (Normalise(normalise) == Normalise::None)
        expected = 1;
    if (Normalise(normalise) != Normalise::Row) {
        QCOMPARE(content.colours.tops, std::vector{ expected });
        return;
    }
    QCOMPARE(content.colours.tops.size(), std::size_t(8));
    for (int row = 0; row < 8; ++row)
        QCOMPARE(content.colours.tops[std::size_t(row)], std::ranges::max(map.row(row)));
}

void TestHeatmapView::samplingKeepsTheLargestAndTheMean()
{
    const Scene scene = sceneOf(60);
    const ShownMap map(scene);
    const Tensor full = map.block(map.whole()), top = map.sample(map.whole(), 7, 11, Pooling::Max),
                 mean = map.sample(map.whole(), 7, 11, Pooling::Mean);
    QCOMPARE(top.shape(), (Shape{ 7, 11 }));
    for (int y = 0; y < 7; ++y)
        for (int x = 0; x < 11; ++x) {
            float largestWeight = 0;
            double sum = 0;
            int count = 0;
            for (auto row = bucketBegin(y, 7, 60); row < bucketBegin(y + 1, 7, 60); ++row)
                for (auto column = bucketBegin(x, 11, 60); column < bucketBegin(x + 1, 11, 60);
                     ++column, ++count) {
                    largestWeight = std::max(largestWeight, full.at(row * 60 + column));
                    sum += double(full.at(row * 60 + column));
                }
            QCOMPARE(top.at(y * 11 + x), largestWeight);
            QVERIFY(std::abs(double(mean.at(y * 11 + x)) - sum / count) < 1e-6);
        }
}

void TestHeatmapView::columnSumsAreWhatKeysReceive()
{
    const Scene scene = sceneOf();
    const ShownMap map(scene);
    const HeatmapContent content = heatmapContent(scene, map);
    for (int key = 0; key < 8; ++key) {
        float sum = 0;
        for (float weight : map.column(key))
            sum += weight;
        QVERIFY(std::abs(content.received[std::size_t(key)] - sum) < 1e-6f);
    }
}

void TestHeatmapView::captionSaysWhatIsHidden()
{
    Scene scene = sceneOf();
    QVERIFY(!captionOf(scene).contains("Special"));
    scene.display.hideSpecialTokens = true;
    QVERIFY(captionOf(scene).contains("not renormalised"));
    scene.display.renormaliseHidden = true;
    QVERIFY(captionOf(scene).contains("renormalised") && !captionOf(scene).contains("not renormalised"));
}

void TestHeatmapView::largeMapsArriveFromAWorker()
{
    auto result = test::syntheticText({ 1, 1, 700 }); // 490,000 cells
    test::ViewFixture f("heatmap", result, { 1400, 1000 });
    const QImage first = f.picture(); // from the thumbnail
    QTRY_VERIFY(f.picture() != first);
    f.session.setResult(test::syntheticText({ 1, 1, 5 })); // the running one is dropped
    QTest::qWait(50);
    QCOMPARE(f.child<HeatmapCanvas>()->cells().rows, 5);
}

void TestHeatmapView::theWindowIsKeptWhenItHasSettled()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 60 }));
    QSignalSpy kept(&f.session, &Session::viewOptionsChanged);
    for (int i = 0; i < 5; ++i)
        QTest::keyClick(f.view.get(), Qt::Key_Plus);
    QCOMPARE(kept.size(), 0); // not sixty times a second
    QTRY_COMPARE(kept.size(), 1);
    const QRectF window = f.child<HeatmapCanvas>()->cells().window;
    QCOMPARE(windowOf(f.session.viewOptions("heatmap").value("window")), window);
    QVERIFY(std::abs(window.width() - 60 / std::pow(1.5, 5)) < 1e-6);
    QTest::keyClick(f.view.get(), Qt::Key_0);
    QTRY_VERIFY(windowOf(f.session.viewOptions("heatmap").value("window")).isEmpty());
}

void TestHeatmapView::theWindowComesBackFromTheSession()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 60 }));
    auto* canvas = f.child<HeatmapCanvas>();
    f.session.setViewOption("heatmap", "window", QVariantList{ 10, 20, 12, 12 });
    QCOMPARE(canvas->cells().window, QRectF(10, 20, 12, 12));
    f.session.setViewOption("heatmap", "window", QVariant()); // as undo leaves it
    QVERIFY(!canvas->cells().zoomedIn());
    f.session.setViewOption("heatmap", "window", QVariantList{ 10, 20, 12, 12 });
    f.session.setResult(test::syntheticText({ 2, 2, 30 })); // another input is shown whole
    QVERIFY(!canvas->cells().zoomedIn());
    QTRY_VERIFY(windowOf(f.session.viewOptions("heatmap").value("window")).isEmpty());
}

void TestHeatmapView::poolingIsChosenWhereCellsShareAPixel()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 1, 1, 900 }));
    QPushButton* pooling = nullptr;
    for (QPushButton* button : f.view->findChildren<QPushButton*>())
        if (button->accessibleName() == "What cells that share a pixel show")
            pooling = button;
    QVERIFY(pooling && pooling->isVisible());
    const auto caption = [&] {
        QStringList texts;
        for (const QLabel* label : f.view->findChildren<QLabel*>())
            texts << label->text();
        return texts.join(' ');
    };
    QVERIFY(caption().contains("show the largest weight"));
    for (QAction* action : pooling->menu()->actions())
        if (action->text() == "mean")
            action->trigger();
    QCOMPARE(f.session.display().pooling, Pooling::Mean);
    QVERIFY(caption().contains("show their mean weight"));
    for (int i = 0; i < 8; ++i)
        QTest::keyClick(f.view.get(), Qt::Key_Plus);
    QVERIFY(!pooling->isVisible());
    QVERIFY(!caption().contains("share a pixel"));
}

void TestHeatmapView::rowsThatAreNotOneShowTheirSums()
{
    Scene scene = sceneOf();
    QVERIFY(heatmapContent(scene, ShownMap(scene)).given.empty());
    scene.display.hideSpecialTokens = true;
    const ShownMap map(scene);
    const HeatmapContent content = heatmapContent(scene, map);
    QCOMPARE(content.given.size(), std::size_t(6));
    const AttentionMap whole = map.map();
    for (int row = 0; row < 6; ++row) // what is left of 1 without [CLS] and [SEP]
        QVERIFY(std::abs(content.given[std::size_t(row)] - (1 - whole.at(row + 1, 0) - whole.at(row + 1, 7)))
            < 1e-5f);
    scene.display.renormaliseHidden = true;
    QVERIFY(heatmapContent(scene, ShownMap(scene)).given.empty());
    scene.display = {};
    scene.selection.heads = { 0, 1 };
    scene.selection.join = HeadJoin::Max;
    QVERIFY(heatmapContent(scene, ShownMap(scene)).given.front() > 1.0f);
}

void TestHeatmapView::pinchZooms()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 1, 1, 60 }));
    auto* canvas = f.child<HeatmapCanvas>();
    const QPointF at = canvas->cells().cellRect(20, 30).center();
    const QPointingDevice device;
    QNativeGestureEvent pinch(
        Qt::ZoomNativeGesture, &device, 2, at, at, canvas->mapToGlobal(at), 0.5, QPointF());
    QCoreApplication::sendEvent(canvas, &pinch);
    QVERIFY(std::abs(canvas->cells().window.width() - 60 / 1.5) < 1e-9);
    QCOMPARE(canvas->cells().cellAt(at), (Cell{ 20, 30 })); // what is under the fingers stays there
}

void TestHeatmapView::aRoleFadesTheOtherHeads()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 4, 4, 12 }));
    auto* roles = f.child<RoleList>();
    const RoleListContent content = roles->content();
    const auto chip = std::ranges::find(content.chips, QString("previous"), &RoleListContent::Chip::id);
    QVERIFY(chip != content.chips.end());
    QCOMPARE(chip->text, QString("previous token 4"));
    const auto place =
        content.chipRect(roles->rect(), std::size_t(chip - content.chips.begin()), currentTheme());
    QTest::mouseClick(roles, Qt::LeftButton, {}, place.center().toPoint());
    QCOMPARE(f.session.viewOptions("heatmap").value("role").toString(), QString("previous"));
    int lit = 0;
    for (const auto& head : HeadsPanel::of(f.view->scene()).overview.values)
        lit += head.faded ? 0 : 1;
    QCOMPARE(lit, 4);
    QTest::mouseClick(roles, Qt::LeftButton, {}, place.center().toPoint()); // again: all
    QVERIFY(f.session.viewOptions("heatmap").value("role").toString().isEmpty());
}

/// Its tokens went with the result they were of.
void TestHeatmapView::aHiddenViewTellsNothingOfAnOlderResult()
{
    test::ViewFixture f("heatmap", test::syntheticText({ 2, 2, 10 }));
    const auto table = [&] {
        return QAccessible::queryAccessibleInterface(f.child<HeatmapCanvas>())->tableInterface();
    };
    QCOMPARE(table()->rowCount(), 10);
    f.view->hide();
    f.session.setResult(test::syntheticText({ 2, 2, 4 }));
    QCOMPARE(table()->rowCount(), 0);
    f.view->show();
    QCOMPARE(table()->rowCount(), 4);
}

void TestHeatmapView::chipsSayWhatTheLayerSees()
{
    Scene scene;
    scene.result = test::withMarks({ 2, 4, 8 }, 2, { "sliding 4", "full" }, { "", "no positions" });
    scene.selection.heads = { 0 };
    QVERIFY(heatmapChips(scene).contains("sliding 4"));
    scene.selection.layer = 1;
    scene.selection.heads = { 0, 1, 2 };
    QCOMPARE(heatmapChips(scene), QStringList{ "full · no positions" });
    scene.result = test::syntheticText({ 2, 4, 8 });
    QVERIFY(heatmapChips(scene).isEmpty());
}

HEADLIGHT_TEST_MAIN(TestHeatmapView)
#include "tst_heatmap_view.moc"
