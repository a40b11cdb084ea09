// The Flow under the mouse: which token, which number, which lines; what it computes against the product of
// the matrices, made here by hand.

#include "tests/support/synthetic_models.h"
#include "tests/support/view_fixture.h"
#include "ui/session/sites.h"
#include "ui/views/flow_figure.h"

#include <QDoubleSpinBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSlider>

using namespace headlight;
using namespace headlight::ui;

namespace {

using Rows = std::vector<std::vector<double>>;

/// ½·(mean of the heads) + ½·I of one layer.
Rows mixed(const AnalysisResult& result, int layer)
{
    const LayerAttention& attention = *result.trace->layer({ AttentionKind::Encoder, layer });
    Rows rows(std::size_t(attention.queries), std::vector<double>(std::size_t(attention.keys), 0.0));
    for (int head = 0; head < attention.heads; ++head) {
        const AttentionMap map(result.trace->layer(attention.site), head);
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t j = 0; j < rows.size(); ++j)
                rows[i][j] += 0.5 * double(map.at(std::int64_t(i), std::int64_t(j))) / attention.heads;
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i][i] += 0.5;
    return rows;
}

Rows product(const Rows& a, const Rows& b)
{
    Rows out(a.size(), std::vector<double>(b.size(), 0.0));
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t k = 0; k < b.size(); ++k)
            for (std::size_t j = 0; j < b.size(); ++j)
                out[i][j] += a[i][k] * b[k][j];
    return out;
}

} // namespace

class TestFlowView : public test::TestCase {
    Q_OBJECT
private slots:
    void layoutAndPointer();
    void manyTokensShareNodes();
    void sharesAreTheProduct();
    void largeTypeKeepsItsNumbers();
    void clickChoosesLayerAndToken();
    void clickOnAnInputChoosesTheKey();
    void hoverReadsTheNumber();
    void doubleClickOpensTheHeatmap();
    void arrowsMoveTokenAndLayer();
    void linesLeadToTheChosenToken();
    void thresholdTakesLinesAway();
    void methodsAndHeadsAreOptions();
    void flowIsRefusedWhenTooLarge();
    void rawIsTheRow();
    void pairsShowBothStacks();
    void mergedPatchesHaveNone();
    void pictureIsTinted();
    void hiddenTokensAreGone();
    void largeInputsComeFromAWorker();
    void cancelStopsAndComputeResumes();
    void theTableIsTheNumbers();

private:
    static QWidget* canvas(const test::ViewFixture& fixture)
    {
        for (QWidget* widget : fixture.view->findChildren<QWidget*>())
            if (widget->accessibleName().startsWith("Graph of the layers"))
                return widget;
        return nullptr;
    }
    static FlowPicture pictureOf(const test::ViewFixture& fixture)
    {
        const Scene scene = fixture.view->scene();
        return { std::make_shared<const FlowContent>(flowContent(FlowRequest(scene))), scene };
    }
    static FlowLayout layoutOf(const test::ViewFixture& fixture)
    {
        return pictureOf(fixture).layout(QRectF(canvas(fixture)->rect()).adjusted(0, 0, -2, -2));
    }
    static QPoint place(const test::ViewFixture& fixture, const FlowNode& node)
    {
        return layoutOf(fixture).centre(node).toPoint();
    }
    static void move(const test::ViewFixture& fixture, const QPoint& to)
    {
        QMouseEvent event(QEvent::MouseMove, to, QPointF(), Qt::NoButton, {}, {});
        QApplication::sendEvent(canvas(fixture), &event);
    }
    static QImage drawn(const test::ViewFixture& fixture) { return canvas(fixture)->grab().toImage(); }
};

void TestFlowView::layoutAndPointer()
{
    const FlowLayout layout(QRectF(10, 20, 900, 500), { { 12, 12, 12 }, 3, 60, 60, 0 });
    QCOMPARE(layout.levels(), 3);
    for (int level = 0; level < 3; ++level)
        for (int row = 0; row < 12; ++row) {
            QCOMPARE(layout.at(layout.centre({ level, row })), std::optional(FlowNode{ level, row }));
            QVERIFY(QRectF(10, 20, 900, 500).contains(layout.centre({ level, row })));
        }
    QVERIFY(!layout.at({ (layout.x(0) + layout.x(1)) / 2, layout.centre({ 0, 3 }).y() })); // on the lines
    QCOMPARE(layout.at({ layout.labels().center().x(), layout.centre({ 0, 3 }).y() }),
        std::optional(FlowNode{ 0, 3 }));
    QCOMPARE(layout.at({ layout.rightLabels().center().x(), layout.centre({ 2, 5 }).y() }),
        std::optional(FlowNode{ 2, 5 }));
    QVERIFY(!layout.at({ 0, 0 }));
    const FlowLayout pair(QRectF(0, 0, 900, 500), { { 7, 7, 5, 5 }, 2, 60, 60, 0 });
    QVERIFY(pair.x(2) - pair.x(1) > pair.x(1) - pair.x(0) + 10);
    QVERIFY(FlowLayout(QRectF(0, 0, 5, 5), { { 3 }, 1, 0, 0, 0 }).empty());
}

void TestFlowView::manyTokensShareNodes()
{
    const FlowLayout layout(QRectF(0, 0, 900, 330), { { 1000, 1000 }, 2, 60, 60, 0 });
    QCOMPARE(layout.nodes(0), 100); // 300 pixels
    QCOMPARE(layout.nodeOf(0, 0), 0);
    QCOMPARE(layout.nodeOf(0, 999), 99);
    QVERIFY(std::abs(layout.nodeCentre(0, 42).y() - layout.centre({ 0, 425 }).y()) < 3);
    QCOMPARE(layout.at(layout.centre({ 1, 637 }) + QPointF(0, 0.01)), std::optional(FlowNode{ 1, 637 }));
}

void TestFlowView::sharesAreTheProduct()
{
    const auto result = test::syntheticText({ 3, 2, 9 });
    test::ViewFixture fixture("flow", result);
    fixture.select([](Selection& s) {
        s.layer = 2;
        s.queries = { 5 };
    });
    const FlowPicture picture = pictureOf(fixture);
    const Rows upper = product(mixed(*result, 2), mixed(*result, 1)), all = product(upper, mixed(*result, 0));
    for (int token = 0; token < 9; ++token) {
        QVERIFY(std::abs(picture.content().share(0, token) - all[5][std::size_t(token)]) < 1e-6);
        QVERIFY(std::abs(picture.content().share(1, token) - upper[5][std::size_t(token)]) < 1e-6);
    }
    QCOMPARE(picture.content().share(3, 5), 1.0);
    fixture.select([](Selection& s) { s.queries = { 5, 6 }; });
    QVERIFY(std::abs(pictureOf(fixture).content().share(0, 4) - (all[5][4] + all[6][4]) / 2) < 1e-6);
}

void TestFlowView::largeTypeKeepsItsNumbers()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 3, 2, 9 }));
    applyTheme(*qApp, ThemeKind::Light, 1.5);
    QCoreApplication::processEvents();
    const FlowLayout layout = layoutOf(fixture);
    const QImage image = drawn(fixture);
    const double number = QFontMetricsF(currentTheme().small).horizontalAdvance("0.000");
    QVERIFY(layout.headers().height() - 4 >= QFontMetricsF(currentTheme().strong).height());
    for (int row = 0; row < 9; ++row) {
        const int y = int(layout.centre({ 0, row }).y()), left = int(std::ceil(layout.bars().left()));
        const QRgb ground = image.pixel(left - 2, y), bar = image.pixel(left + 1, y);
        int end = left, last = left; // of the bar, of the number
        for (int x = left; x < int(layout.bars().right()); ++x)
            for (int dy = -7; dy <= 7; ++dy) {
                const QRgb pixel = image.pixel(x, y + dy);
                if (pixel == bar && dy == 0)
                    end = x;
                if (pixel != ground)
                    last = x;
            }
        QVERIFY2(last - end > number - 3, // no ink at the edges of a digit
            qPrintable(QString("%1: %2 of %3").arg(row).arg(last - end).arg(number)));
    }
    applyTheme(*qApp, ThemeKind::Light, 1.0);
}

void TestFlowView::clickChoosesLayerAndToken()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 4, 2, 10 }));
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 2, 6 }));
    QCOMPARE(fixture.session.selection().layer, 1); // level 2 is the output of layer 1
    QCOMPARE(fixture.session.selection().queries, std::vector{ 6 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, Qt::ControlModifier, place(fixture, { 2, 8 }));
    QCOMPARE(fixture.session.selection().queries, (std::vector{ 6, 8 }));
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 4, 1 }));
    QCOMPARE(fixture.session.selection().layer, 3);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 1 });
    QCOMPARE(fixture.view->scene().selection, fixture.session.selection());
}

void TestFlowView::clickOnAnInputChoosesTheKey()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 2, 2, 10 }));
    fixture.select([](Selection& s) { s.key.reset(); });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 0, 4 }));
    QCOMPARE(fixture.session.selection().key, 4);
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 0, 4 }));
    QVERIFY(!fixture.session.selection().key);
}

void TestFlowView::hoverReadsTheNumber()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 3, 2, 10 }));
    const FlowPicture picture = pictureOf(fixture);
    const QString share = QString::number(double(float(picture.content().share(1, 4))), 'g', 3);
    QVERIFY2(picture.numberText({ 1, 4 }).contains(share.left(4)), qPrintable(picture.numberText({ 1, 4 })));
    const QImage before = drawn(fixture);
    move(fixture, place(fixture, { 2, 4 }));
    QCOMPARE(fixture.session.hover().layer, 1);
    QCOMPARE(fixture.session.hover().query, 4);
    QVERIFY(drawn(fixture) != before);
    move(fixture, place(fixture, { 0, 4 }));
    QCOMPARE(fixture.session.hover().key, 4);
    QVERIFY(!fixture.session.hover().query);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(canvas(fixture), &leave);
    QCOMPARE(fixture.session.hover(), Hover());
    QCOMPARE(drawn(fixture), before);
}

void TestFlowView::doubleClickOpensTheHeatmap()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 3, 2, 8 }));
    QSignalSpy opened(fixture.view.get(), &View::openRequested);
    const QPoint at = place(fixture, { 1, 3 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, at);
    QTest::mouseDClick(canvas(fixture), Qt::LeftButton, {}, at);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened.front().front().toString(), "heatmap");
    QCOMPARE(fixture.session.selection().layer, 0);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 3 });
}

void TestFlowView::arrowsMoveTokenAndLayer()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 3, 2, 8 }));
    fixture.select([](Selection& s) {
        s.layer = 2;
        s.queries = { 4 };
    });
    QTest::keyClick(fixture.view.get(), Qt::Key_Down);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 5 });
    QTest::keyClick(fixture.view.get(), Qt::Key_Left);
    QCOMPARE(fixture.session.selection().layer, 1);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 5 });
    for (int i = 0; i < 9; ++i)
        QTest::keyClick(fixture.view.get(), Qt::Key_Left);
    QCOMPARE(fixture.session.selection().layer, 0);
    for (int i = 0; i < 9; ++i)
        QTest::keyClick(fixture.view.get(), Qt::Key_Up);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 0 });
}

/// A line stands where the edge is, and nothing stands where nothing arrives.
void TestFlowView::linesLeadToTheChosenToken()
{
    // Every token looks at token 1 alone.
    const Tensor weights = Tensor::make({ 1, 4, 4 }, [](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = i % 4 == 1 ? 1.0f : 0.0f;
    });
    const auto result = test::resultOf(test::textTokens({ "a", "b" }), { weights });
    test::ViewFixture fixture("flow", result);
    fixture.select([](Selection& s) {
        s.queries = { 3 };
        s.key.reset();
    });
    const FlowLayout layout = layoutOf(fixture);
    const QImage image = drawn(fixture);
    const QRgb ground = image.pixel(layout.centre({ 0, 0 }).toPoint() + QPoint(30, -12));
    const auto middle = [&](int from, int to) { // of a cubic with level ends: halfway between them
        return ((layout.centre({ 1, from }) + layout.centre({ 0, to })) / 2).toPoint();
    };
    QVERIFY(image.pixel(middle(3, 3)) != ground); // ½ stays
    QVERIFY(image.pixel(middle(3, 1)) != ground); // ½ comes from 1
    QCOMPARE(image.pixel(middle(0, 0)), ground); // nothing of 0 arrives in 3
    // A blue line is attention, a grey one the token's own way.
    const auto blueness = [&](const QPoint& at) { return qBlue(image.pixel(at)) - qRed(image.pixel(at)); };
    QVERIFY(blueness(middle(3, 1)) > blueness(middle(3, 3)) + 30);
    // Tint: half of the token is in 1 below, none in 0.
    const auto node = [&](int level, int row) {
        return image.pixel(layout.centre({ level, row }).toPoint());
    };
    QCOMPARE(node(0, 1), node(0, 3));
    QVERIFY(node(0, 0) != node(0, 1));
    QCOMPARE(node(0, 0), node(0, 2));
}

void TestFlowView::thresholdTakesLinesAway()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 2, 2, 8 }));
    auto* slider = fixture.child<QSlider>();
    QVERIFY(slider);
    slider->setValue(0);
    QCoreApplication::processEvents();
    QCOMPARE(fixture.view->scene().options.value("threshold").toDouble(), 0.0);
    const QImage all = drawn(fixture);
    slider->setValue(slider->maximum());
    QCoreApplication::processEvents();
    const QImage few = drawn(fixture);
    QVERIFY(all != few);
    const FlowLayout layout = layoutOf(fixture);
    const auto ink = [&](const QImage& image) {
        int count = 0;
        const int x = int((layout.x(0) + layout.x(1)) / 2);
        const QRgb ground = image.pixel(x, image.height() - 1);
        for (int y = int(layout.plot().top()); y < image.height(); ++y)
            count += image.pixel(x, y) != ground;
        return count;
    };
    QVERIFY(ink(few) < ink(all));
}

void TestFlowView::methodsAndHeadsAreOptions()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 3, 3, 8 }));
    fixture.select([](Selection& s) { s.queries = { 4 }; });
    const auto set = [&](const char* name, const QVariant& value) {
        fixture.session.setViewOption("flow", name, value);
        QCoreApplication::processEvents();
        return drawn(fixture);
    };
    const QImage rollout = drawn(fixture);
    const QImage flow = set("method", "flow"), raw = set("method", "raw");
    QVERIFY(rollout != flow && flow != raw && raw != rollout);
    QVERIFY(!fixture.child<QDoubleSpinBox>()->isEnabled());
    QCOMPARE(set("method", "rollout"), rollout);
    QVERIFY(fixture.child<QDoubleSpinBox>()->isEnabled());
    const QImage max = set("heads", "max"), chosen = set("heads", "chosen");
    QVERIFY(max != rollout && chosen != rollout && chosen != max);
    fixture.select([](Selection& s) { s.heads = { 0, 1, 2 }; }); // all of them, by their mean
    const double mean = flowContent(FlowRequest(fixture.view->scene())).share(0, 2);
    set("heads", "mean");
    QCOMPARE(flowContent(FlowRequest(fixture.view->scene())).share(0, 2), mean);
    fixture.child<QDoubleSpinBox>()->setValue(1.0); // nothing but the residual path
    QCOMPARE(fixture.view->scene().options.value("residual").toDouble(), 1.0);
    QCOMPARE(flowContent(FlowRequest(fixture.view->scene())).share(0, 4), 1.0);
}

void TestFlowView::flowIsRefusedWhenTooLarge()
{
    Scene scene;
    scene.result = test::syntheticText({ 4, 1, 700 });
    scene.selection = firstSelection(*scene.result);
    scene.options.insert("method", "flow");
    const FlowContent content = flowContent(FlowRequest(scene));
    QVERIFY(content.tooLong > 100 && content.tooLong < 700);
    QVERIFY(content.edges.empty() && content.shares.empty());
    const FlowPicture picture(std::make_shared<const FlowContent>(content), scene);
    QVERIFY(picture.caption().contains("not computed"));
}

void TestFlowView::rawIsTheRow()
{
    Scene scene;
    scene.result = test::syntheticText({ 3, 2, 7 });
    scene.selection = firstSelection(*scene.result);
    scene.selection.queries = { 3 };
    scene.options.insert("method", "raw");
    const FlowContent content = flowContent(FlowRequest(scene));
    QCOMPARE(content.answerLevel(), 2);
    for (int layer = 0; layer < 3; ++layer) {
        const auto recorded = scene.result->trace->layer({ AttentionKind::Encoder, layer });
        const AttentionMap mean(recorded, { 0, 1 }, HeadJoin::Mean);
        for (int key = 0; key < 7; ++key)
            QVERIFY(std::abs(content.share(layer, key) - double(mean.at(3, key))) < 1e-6);
    }
}

void TestFlowView::pairsShowBothStacks()
{
    const auto result = test::syntheticPair();
    test::ViewFixture fixture("flow", result);
    fixture.select([&](Selection& s) {
        s = atSite(s, { AttentionKind::Cross }, *result);
        s.layer = 1;
        s.queries = { 3 };
        s.key.reset();
    });
    const FlowPicture picture = pictureOf(fixture);
    QVERIFY(picture.content().pair());
    QCOMPARE(picture.content().secondStack(), 3);
    QVERIFY(picture.heading().chips.contains("decoder × cross × encoder"));
    double sum = 0;
    for (int token = 0; token < 7; ++token)
        sum += picture.content().share(0, token);
    for (int token = 0; token < 5; ++token)
        sum += picture.content().share(3, token);
    QVERIFY(std::abs(sum - 1) < 1e-9);
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 4, 2 }));
    QCOMPARE(fixture.session.selection().kind, AttentionKind::Cross);
    QCOMPARE(fixture.session.selection().layer, 0);
    QCOMPARE(fixture.session.selection().queries, std::vector{ 2 });
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 0, 6 }));
    QCOMPARE(fixture.session.selection().key, 6);
    // Each stack by itself at its own site.
    fixture.select([&](Selection& s) { s = atSite(s, { AttentionKind::Decoder }, *result); });
    QVERIFY(!pictureOf(fixture).content().pair());
    QCOMPARE(pictureOf(fixture).content().levels.size(), std::size_t(3));
    for (const char* method : { "flow", "raw" }) {
        fixture.select([&](Selection& s) { s = atSite(s, { AttentionKind::Cross }, *result); });
        fixture.session.setViewOption("flow", "method", method);
        QVERIFY(test::colourCount(drawn(fixture)) > 10);
    }
}

void TestFlowView::mergedPatchesHaveNone()
{
    const auto result = test::syntheticMergedPatches();
    QVERIFY(!viewById("flow")->available(*result));
    test::ViewFixture fixture("flow", result);
    const auto labels = fixture.view->findChildren<QLabel*>();
    QVERIFY(std::ranges::any_of(
        labels, [](const QLabel* label) { return label->isVisible() && label->text().contains("merge"); }));
}

void TestFlowView::pictureIsTinted()
{
    const auto result = test::syntheticImage(2, 2, 4, 5);
    test::ViewFixture fixture("flow", result);
    const FlowLayout layout = layoutOf(fixture);
    QVERIFY(!layout.picture().isEmpty());
    const FlowPicture picture = pictureOf(fixture);
    int best = 1, least = 1;
    for (int token = 1; token < 21; ++token) {
        best = picture.content().share(0, token) > picture.content().share(0, best) ? token : best;
        least = picture.content().share(0, token) < picture.content().share(0, least) ? token : least;
    }
    const auto at = [&](int token) {
        const QRectF area = layout.picture();
        const QPointF cell((token - 1) % 5 + 0.5, (token - 1) / 5 + 0.5);
        return drawn(fixture).pixelColor(
            (area.topLeft() + QPointF(cell.x() * area.width() / 5, cell.y() * area.height() / 4)).toPoint());
    };
    QVERIFY(at(best).lightness() > at(least).lightness() + 20); // viridis: bright is much
    // The pointer reads a patch, a click chooses it.
    const QRectF area = layout.picture();
    const QPoint patch =
        (area.topLeft() + QPointF(area.width() * 0.5, area.height() * 0.375)).toPoint(); // (1, 2)
    move(fixture, patch);
    QCOMPARE(fixture.session.hover().key, 1 + 1 * 5 + 2);
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, patch);
    QCOMPARE(fixture.session.selection().key, 8);
    fixture.session.setViewOption("flow", "method", "raw");
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, patch);
    QVERIFY(!fixture.session.selection().key); // it was chosen
    QCOMPARE(fixture.session.selection().layer, 1);
}

void TestFlowView::hiddenTokensAreGone()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 2, 2, 9 }));
    QCOMPARE(layoutOf(fixture).rows(0), 9);
    fixture.display([](DisplaySettings& d) { d.hideSpecialTokens = true; });
    QCOMPARE(layoutOf(fixture).rows(0), 7);
    QTest::mouseClick(canvas(fixture), Qt::LeftButton, {}, place(fixture, { 2, 0 }));
    QCOMPARE(fixture.session.selection().queries, std::vector{ 1 }); // the first shown one
}

void TestFlowView::largeInputsComeFromAWorker()
{
    const auto result = test::syntheticText({ 4, 4, 700 });
    test::ViewFixture fixture("flow", result);
    QVERIFY(!isPrompt(FlowRequest(fixture.view->scene())));
    const FlowLayout layout = layoutOf(fixture);
    QVERIFY(layout.nodes(0) < 700);
    const QImage outline = drawn(fixture);
    QTRY_VERIFY_WITH_TIMEOUT(drawn(fixture) != outline, 20000); // the numbers are there
    QTRY_VERIFY(!fixture.child<QProgressBar>()->isVisible());
    const FlowContent content = flowContent(FlowRequest(fixture.view->scene()));
    double sum = 0;
    for (int token = 0; token < 700; ++token)
        sum += content.share(0, token);
    QVERIFY(std::abs(sum - 1) < 1e-9);
    QVERIFY(content.edges.size() <= 4 * FlowContent::edgesPerStep);
}

void TestFlowView::cancelStopsAndComputeResumes()
{
    test::ViewFixture fixture("flow", test::syntheticText({ 4, 4, 12 }));
    const QImage done = drawn(fixture);
    // A network of this size takes seconds.
    fixture.session.setResult(test::syntheticText({ 12, 1, 200 }));
    fixture.session.setViewOption("flow", "method", "flow");
    const auto buttons = fixture.view->findChildren<QPushButton*>();
    const auto found = std::ranges::find(buttons, "flow-stop", &QObject::objectName);
    QVERIFY(found != buttons.end());
    QPushButton* button = *found;
    QTRY_VERIFY_WITH_TIMEOUT(button->isVisible(), 5000);
    QCOMPARE(button->text(), "Cancel");
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(button->text(), "Compute");
    QVERIFY(!fixture.child<QProgressBar>()->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(button->text(), "Cancel");
    // The newest wish wins, whatever was running.
    fixture.session.setViewOption("flow", "method", "rollout");
    QTRY_VERIFY(!button->isVisible());
    fixture.session.setResult(test::syntheticText({ 4, 4, 12 }));
    QTRY_COMPARE(drawn(fixture), done);
}

void TestFlowView::theTableIsTheNumbers()
{
    Scene scene;
    scene.result = test::syntheticText({ 2, 2, 5 });
    scene.selection = firstSelection(*scene.result);
    const auto table = viewById("flow")->figure().table(scene);
    QCOMPARE(table.size(), std::size_t(1 + 3 * 5));
    QCOMPARE(table[0], (std::vector<QString>{ "layer", "index", "token", "share" }));
    double sum = 0;
    for (std::size_t row = 1; row <= 5; ++row) {
        QCOMPARE(table[row][0], "input");
        sum += table[row][3].toDouble();
    }
    QVERIFY(std::abs(sum - 1) < 1e-6);
    QCOMPARE(table.back()[0], "layer 1");
    scene.options.insert("method", "flow");
    QCOMPARE(viewById("flow")->figure().table(scene)[0].size(), std::size_t(5));
}

HEADLIGHT_TEST_MAIN(TestFlowView)
#include "tst_flow_view.moc"
