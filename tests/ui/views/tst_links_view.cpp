// Links: which lines there are, against weights made by hand; the view by mouse and keys.

#include "tests/support/synthetic_models.h"
#include "tests/support/view_fixture.h"
#include "ui/views/links_content.h"
#include "ui/style/head_colours.h"
#include "ui/views/links_figure.h"
#include "ui/widgets/head_chips.h"

#include <QSvgGenerator>

using namespace headlight;
using namespace headlight::ui;

namespace {

/// Two heads over three tokens: head 0 looks at itself, head 1 at the first token, with 0.1 for the others
/// each.
std::shared_ptr<AnalysisResult> twoHeads()
{
    const Tensor weights = Tensor::fromVector(
        { 2, 3, 3 }, { 1, 0, 0, 0, 1, 0, 0, 0, 1, 0.8f, 0.1f, 0.1f, 0.8f, 0.1f, 0.1f, 0.8f, 0.1f, 0.1f });
    auto tokens = test::textTokens({ "it", "animal" });
    tokens.resize(3);
    return test::resultOf(tokens, { weights });
}

Scene sceneOf(std::shared_ptr<const AnalysisResult> result, std::vector<int> heads, double threshold)
{
    Scene scene;
    scene.result = std::move(result);
    scene.selection.heads = std::move(heads);
    scene.options.insert("threshold", threshold);
    return scene;
}

/// How many pixels of about this colour (where nothing else mixes in).
int pixelsOf(const QImage& image, const QColor& colour, int tolerance = 40)
{
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            count += std::abs(pixel.red() - colour.red()) + std::abs(pixel.green() - colour.green())
                    + std::abs(pixel.blue() - colour.blue())
                < tolerance;
        }
    return count;
}

QWidget* canvasOf(const test::ViewFixture& view)
{
    for (auto* widget : view.view->findChildren<QWidget*>())
        if (widget->accessibleName() == "Tokens joined by lines")
            return widget;
    return nullptr;
}

QSlider* sliderOf(const test::ViewFixture& view)
{
    return view.view->findChild<QSlider*>();
}

} // namespace

class TestLinksView : public test::TestCase {
    Q_OBJECT
private slots:
    void linesAreTheWeightsAboveTheThreshold();
    void mergedLinesKeepTheLargest();
    void linesOfOneToken();
    void coloursAreTheHeads();
    void aClickChooses();
    void chipsChooseHeads();
    void sliderAndKeysSetTheThreshold();
    void hoverShowsOneToken();
    void hoverOverARenormalisedColumnShowsItsLines();
    void longTextsComeFromAWorker();
    void exportedTextIsText();
    void tableIsSortedByWeight();
    void statesWithNothingToShow();
    void crossAttentionHasTwoSides();
    void tableHoldsEveryWeight();
    void aLongerCaptionDoesNotBeginAnew();
};

void TestLinksView::linesAreTheWeightsAboveTheThreshold()
{
    const auto all = linksContent(sceneOf(twoHeads(), { 0, 1 }, 0), 100);
    QCOMPARE(all.above, std::int64_t(3 + 9)); // zeros have no line
    QCOMPARE(all.links.size(), std::size_t(12));
    QVERIFY(std::ranges::is_sorted(all.links, {}, &Link::weight));
    const auto strong = linksContent(sceneOf(twoHeads(), { 1 }, 0.5), 100);
    QCOMPARE(strong.links.size(), std::size_t(3));
    for (const Link& link : strong.links)
        QCOMPARE(link.column, 0.0f);
}

void TestLinksView::mergedLinesKeepTheLargest()
{
    const auto result = test::syntheticText({ 1, 1, 200 });
    const auto merged = linksContent(sceneOf(result, { 0 }, 0), 20);
    QVERIFY(merged.merged && merged.links.size() <= 400);
    const Tensor full = AttentionMap(result->trace->layers()[0], 0).full();
    float largest = 0;
    for (const float weight : full.floats())
        largest = std::max(largest, weight);
    QCOMPARE(merged.links.back().weight, largest);
}

void TestLinksView::linesOfOneToken()
{
    const auto ofRow = linksOf(sceneOf(twoHeads(), { 0, 1 }, 0.05), 1, std::nullopt, 100);
    QCOMPARE(ofRow.size(), std::size_t(4));
    QCOMPARE(ofRow.back(), (Link{ 0, 1, 1, 1.0f }));
    const auto ofColumn = linksOf(sceneOf(twoHeads(), { 1 }, 0.05), std::nullopt, 0, 100);
    QCOMPARE(ofColumn.size(), std::size_t(3));
    QCOMPARE(linksOf(sceneOf(twoHeads(), { 1 }, 0.05), std::nullopt, 0, 2).size(), std::size_t(2));
}

void TestLinksView::coloursAreTheHeads()
{
    test::ViewFixture view("links", twoHeads());
    view.select([](Selection& selection) {
        selection.heads = { 0 };
        selection.queries.clear();
        selection.key.reset();
    });
    const QColor first = headColour(0, ThemeKind::Light), second = headColour(1, ThemeKind::Light);
    QVERIFY(pixelsOf(canvasOf(view)->grab().toImage(), first) > 200);
    QVERIFY(pixelsOf(canvasOf(view)->grab().toImage(), second) < 20);
    view.select([](Selection& selection) { selection.heads = { 1 }; });
    QVERIFY(pixelsOf(canvasOf(view)->grab().toImage(), second) > 200);
    view.session.setViewOption("links", "threshold", 0.95);
    QCoreApplication::processEvents();
    QVERIFY(pixelsOf(canvasOf(view)->grab().toImage(), second) < 20);
}

void TestLinksView::aClickChooses()
{
    test::ViewFixture view("links", twoHeads());
    QWidget* canvas = canvasOf(view);
    const LinksPainter painter(
        sceneOf(twoHeads(), { 0 }, 0.05), QRectF(canvas->rect()).adjusted(2, 0, -2, -6));
    const auto left = [&](int row) {
        return QPointF(painter.layout().left.center().x(), painter.layout().leftY(row)).toPoint();
    };
    QTest::mouseClick(canvas, Qt::LeftButton, {}, left(2));
    QCOMPARE(view.session.selection().queries, std::vector<int>{ 2 });
    QTest::mouseClick(canvas, Qt::LeftButton, Qt::ControlModifier, left(1));
    QCOMPARE(view.session.selection().queries, (std::vector<int>{ 2, 1 }));
    QTest::mouseClick(canvas, Qt::LeftButton, {},
        QPointF(painter.layout().right.center().x(), painter.layout().rightY(1)).toPoint());
    QCOMPARE(view.session.selection().key, std::optional(1));
    QTest::keyClick(view.view.get(), Qt::Key_Down);
    QVERIFY(!view.session.selection().queries.empty());
}

void TestLinksView::chipsChooseHeads()
{
    test::ViewFixture view("links", twoHeads());
    auto* chips = view.child<HeadChips>();
    QCOMPARE(chips->count(), 2);
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->chipRect(1).center());
    QCOMPARE(view.session.selection().heads, std::vector<int>{ 1 });
    QTest::mouseClick(chips, Qt::LeftButton, Qt::ControlModifier, chips->chipRect(0).center());
    QCOMPARE(view.session.selection().heads.size(), std::size_t(2));
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->chipRect(0).center());
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->chipRect(2).center()); // all
    QCOMPARE(view.session.selection().heads, (std::vector<int>{ 0, 1 }));
}

void TestLinksView::sliderAndKeysSetTheThreshold()
{
    test::ViewFixture view("links", twoHeads());
    const double before = view.session.viewOptions("links").value("threshold", 0.05).toDouble();
    QTest::keyClick(view.view.get(), Qt::Key_Plus);
    const double raised = view.session.viewOptions("links").value("threshold").toDouble();
    QVERIFY(raised > before);
    QTest::keyClick(view.view.get(), Qt::Key_Minus);
    QVERIFY(view.session.viewOptions("links").value("threshold").toDouble() < raised);
    sliderOf(view)->setFocus();
    QTest::keyClick(sliderOf(view), Qt::Key_Home);
    QCOMPARE(view.session.viewOptions("links").value("threshold").toDouble(), 0.0);
}

void TestLinksView::hoverOverARenormalisedColumnShowsItsLines()
{
    constexpr int tokens = 700; // more than is read at once
    test::ViewFixture view("links",
        test::resultOf(test::textTokens(std::vector<std::string>(tokens - 2, "word")),
            { test::plausibleWeights({ 1, 2, tokens }, 0) }));
    view.display([](DisplaySettings& d) { d.hideSpecialTokens = d.renormaliseHidden = true; });
    view.select([](Selection& s) { s.heads = { 0 }; });
    QTest::qWait(600); // the exact lines have come
    const QImage before = view.view->grab().toImage();
    Hover hover;
    hover.key = 3;
    view.session.setHover(hover);
    QCoreApplication::processEvents();
    const QImage hovered = view.view->grab().toImage();
    if (const QString folder = qEnvironmentVariable("HEADLIGHT_PICTURES"); !folder.isEmpty())
        hovered.save(folder + "/links_column.png");
    QVERIFY(hovered != before);
    Scene scene;
    scene.result = view.session.result();
    scene.selection = view.session.selection();
    scene.display = view.session.display();
    QVERIFY(!linksOf(scene, std::nullopt, 2, 100).empty());
}

void TestLinksView::hoverShowsOneToken()
{
    test::ViewFixture view("links", twoHeads());
    view.select([](Selection& selection) { selection.heads = { 1 }; });
    QWidget* canvas = canvasOf(view);
    const LinksPainter painter(
        sceneOf(twoHeads(), { 1 }, 0.05), QRectF(canvas->rect()).adjusted(2, 0, -2, -6));
    QTest::mouseMove(
        canvas, QPointF(painter.layout().left.center().x(), painter.layout().leftY(1)).toPoint());
    QTRY_COMPARE(view.session.hover().query, std::optional(1));
    QVERIFY(!view.session.hover().key);
    const QImage hovered = canvas->grab().toImage();
    QTest::mouseMove(canvas, { canvas->width() / 2, canvas->height() - 4 });
    QTRY_VERIFY(!view.session.hover().query);
    QVERIFY(hovered != canvas->grab().toImage());
}

void TestLinksView::longTextsComeFromAWorker()
{
    test::ViewFixture view("links", test::syntheticText({ 2, 12, 512 }));
    view.select([](Selection& selection) {
        selection.heads.clear();
        for (int head = 0; head < 12; ++head)
            selection.heads.push_back(head);
    });
    QVERIFY(test::colourCount(canvasOf(view)->grab().toImage()) > 8); // the preview is there at once
    QTest::qWait(10);
    QTRY_VERIFY_WITH_TIMEOUT(
        [&] {
            for (auto* label : view.view->findChildren<QLabel*>())
                if (label->text().contains("links at or above") && !label->text().contains("Preview"))
                    return true;
            return false;
        }(),
        10'000);
}

void TestLinksView::exportedTextIsText()
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize({ 720, 400 });
    QPainter painter(&generator);
    viewById("links")->figure().paint(painter, QRectF(0, 0, 720, 400), sceneOf(twoHeads(), { 0, 1 }, 0.05));
    painter.end();
    QVERIFY(bytes.contains("<text") && bytes.contains("animal"));
    QVERIFY(!bytes.contains("<image"));
}

void TestLinksView::tableIsSortedByWeight()
{
    const auto table = viewById("links")->figure().table(sceneOf(twoHeads(), { 0, 1 }, 0.5));
    QCOMPARE(table.size(), std::size_t(1 + 3 + 3));
    QCOMPARE(table[1].back(), QStringLiteral("1"));
    QCOMPARE(table[6].back(), QStringLiteral("0.8"));
    QCOMPARE(table[6][0], QStringLiteral("1")); // the head
}

void TestLinksView::statesWithNothingToShow()
{
    test::ViewFixture empty("links");
    QVERIFY(test::colourCount(empty.picture()) > 1);
    test::ViewFixture one("links", test::syntheticText({ 1, 1, 1 }));
    QTest::keyClick(one.view.get(), Qt::Key_Down);
    QVERIFY(canvasOf(one)->isVisible());
}

/// Seven tokens are read, five are written.
void TestLinksView::crossAttentionHasTwoSides()
{
    const auto pair = test::syntheticPair();
    Scene scene = sceneOf(pair, { 0 }, 0);
    scene.selection.kind = AttentionKind::Cross;
    const LinksPainter painter(scene, { 0, 0, 800, 500 });
    QCOMPARE(painter.layout().rows, 5);
    QCOMPARE(painter.layout().columns, 7);
    scene.selection.queries = { 2 };
    scene.selection.key = 4;
    const std::vector<Link> links = chosenLinks(scene, 100);
    QCOMPARE(links.size(), std::size_t(7 + 5)); // what 2 looks at, and who looks at 4
    QCOMPARE(std::ranges::count(links, 4.0f, &Link::column), std::ptrdiff_t(1 + 5));
}

/// What is drawn has a limit, what is exported has none.
void TestLinksView::tableHoldsEveryWeight()
{
    const auto result = test::syntheticText({ 1, 1, 160 });
    const Scene scene = sceneOf(result, { 0 }, 0);
    QCOMPARE(linksContent(scene, 1000).links.size(), mostLinks);
    QCOMPARE(viewById("links")->figure().table(scene).size(), std::size_t(160 * 160 + 1));
}

/// The exact lines have a longer caption than the preview, and that takes height from the picture.
void TestLinksView::aLongerCaptionDoesNotBeginAnew()
{
    test::ViewFixture view("links", test::syntheticText({ 1, 2, 700 }), { 420, 500 });
    const auto caption = [&] {
        for (auto* label : view.view->findChildren<QLabel*>())
            if (label->text().contains("links at or above") || label->text().contains("Preview"))
                return label->text();
        return QString();
    };
    QTRY_VERIFY_WITH_TIMEOUT(!caption().isEmpty() && !caption().contains("Preview"), 10'000);
    QTest::qWait(200);
    QVERIFY(!caption().contains("Preview"));
}

HEADLIGHT_TEST_MAIN(TestLinksView)
#include "tst_links_view.moc"
