// Compare in its view: hand-made weights whose difference is known, as pixels and as numbers; gaps; what a
// click, a hover and a zoom do; the same figure and table without a window.

#include "tests/support/synthetic_models.h"
#include "tests/support/view_fixture.h"
#include "ui/session/comparison.h"
#include "ui/views/compare_figure.h"
#include "ui/views/compare_heads.h"
#include "ui/views/compare_panels.h"

#include <cmath>

using namespace headlight;
using namespace headlight::ui;

namespace {

/// Three tokens, two heads. A − B: row 0: +1 0 −1, row 1: 0 0 0, row 2: +0.25 0 −0.25.
std::shared_ptr<AnalysisResult> twoHeads()
{
    const Tensor weights = Tensor::fromVector({ 2, 3, 3 },
        { 1, 0, 0, 0.5f, 0.5f, 0, 0.5f, 0.25f, 0.25f, //
            0, 0, 1, 0.5f, 0.5f, 0, 0.25f, 0.25f, 0.5f });
    return test::resultOf(test::textTokens({ "cat" }), { weights });
}

/// One head over the given words, every weight 1 / tokens.
std::shared_ptr<AnalysisResult> even(const std::vector<std::string>& words)
{
    const auto n = std::int64_t(words.size()) + 2;
    return test::resultOf(test::textTokens(words), { Tensor::filled({ 1, n, n }, 1.0f / float(n)) });
}

QRgb blueRed(int index)
{
    return colourMap("blue-red").table[std::size_t(index)] | 0xff000000u;
}

Scene against(const std::shared_ptr<const AnalysisResult>& a, const std::shared_ptr<const AnalysisResult>& b,
    int headB = 0)
{
    Scene scene;
    scene.result = a;
    Selection other;
    other.heads = { headB };
    scene.other = std::make_shared<const ComparedSide>(ComparedSide{ b, other, {} });
    return scene;
}

} // namespace

class TestCompareView : public test::TestCase {
    Q_OBJECT
private slots:
    void beginsWithOneSentenceAndButtons();
    void differencesHaveSignedColours();
    void signCanBeTurned();
    void differenceAlone();
    void distancesAreTotalVariation();
    void roundingIsNoDifference();
    void gapsAreHatchedAndCounted();
    void clickChoosesInA();
    void hoverIsLinked();
    void zoomIsLinked();
    void keysMoveTheCell();
    void keptRunStaysWhileTypingGoesOn();
    void piecesAreSummedAndAveraged();
    void pooledDifferencesKeepTheirSign();
    void largeMapsArriveFromAWorker();
    void otherGridsAreRefused();
    void hiddenTokensTakeNoPart();
    void headsThatDifferMostComeFirst();
    void everyKindOfResult_data();
    void everyKindOfResult();
    void tableHoldsBothSides();
    void layoutFollowsTheRoom_data();
    void layoutFollowsTheRoom();

private:
    static QPoint centre(const HeatmapCanvas* canvas, int row, int column)
    {
        return canvas->cells().cellRect(row, column).center().toPoint();
    }
    static QRgb pixel(const HeatmapCanvas* canvas, int row, int column)
    {
        // Beside the number in the middle of the cell.
        const QRectF cell = canvas->cells().cellRect(row, column);
        const QImage image = const_cast<HeatmapCanvas*>(canvas)->grab().toImage();
        return image.pixel((cell.topLeft() + QPointF(4, 4)).toPoint());
    }
    static HeatmapCanvas* canvas(const test::ViewFixture& f, CompareSide side)
    {
        return f.child<ComparePanels>()->canvas(side);
    }
    static QPushButton* button(const test::ViewFixture& f, const QString& text)
    {
        for (auto* found : f.view->findChildren<QPushButton*>()) {
            if (found->text() == text)
                return found;
        }
        return nullptr;
    }
    static QToolButton* tool(const test::ViewFixture& f, const QString& text)
    {
        for (auto* found : f.view->findChildren<QToolButton*>()) {
            if (found->text() == text || found->accessibleName() == text)
                return found;
        }
        return nullptr;
    }
    static bool says(const test::ViewFixture& f, const QString& part)
    {
        const auto labels = f.view->findChildren<QLabel*>();
        return std::ranges::any_of(
            labels, [&](const QLabel* label) { return label->isVisible() && label->text().contains(part); });
    }
    /// A shows head 0 of twoHeads, B head 1.
    static void compareHeads(test::ViewFixture& f)
    {
        f.select([](Selection& s) { s = Selection{}; });
        QTest::mouseClick(button(f, "Compare with another head"), Qt::LeftButton);
        QCoreApplication::processEvents();
    }
};

void TestCompareView::beginsWithOneSentenceAndButtons()
{
    test::ViewFixture f("compare", twoHeads());
    QVERIFY(says(f, "Hold the shown head against another"));
    QVERIFY(button(f, "Keep this as B")->isVisible());
    QVERIFY(!button(f, "Compare with another text")->isVisible()); // no model is open
    QVERIFY(!canvas(f, CompareSide::A)->isVisible());
    QTest::mouseClick(button(f, "Keep this as B"), Qt::LeftButton);
    QVERIFY(canvas(f, CompareSide::A)->isVisible() && canvas(f, CompareSide::Difference)->isVisible());
    QVERIFY(f.session.comparison().against() == Against::Kept);
    QTest::mouseClick(tool(f, "Compare with nothing"), Qt::LeftButton);
    QVERIFY(says(f, "Hold the shown head against another"));
    test::ViewFixture alone("compare", even({ "a" }));
    QVERIFY(!button(alone, "Compare with another head")->isEnabled());
}

void TestCompareView::differencesHaveSignedColours()
{
    test::ViewFixture f("compare", twoHeads(), { 1000, 700 });
    compareHeads(f);
    QCOMPARE(f.session.comparison().side()->selection.heads, std::vector{ 1 });
    const HeatmapCanvas* difference = canvas(f, CompareSide::Difference);
    QCOMPARE(pixel(difference, 0, 0), blueRed(255));
    QCOMPARE(pixel(difference, 0, 2), blueRed(0));
    QCOMPARE(pixel(difference, 1, 1), blueRed(128));
    QCOMPARE(pixel(difference, 2, 0), blueRed(int(std::lround(255 * 0.625))));
    QCOMPARE(pixel(difference, 2, 2), blueRed(int(std::lround(255 * 0.375))));
    // Both sides have one scale: the weight 1 is the top in A and in B.
    QCOMPARE(pixel(canvas(f, CompareSide::A), 0, 0), pixel(canvas(f, CompareSide::B), 0, 2));
    QCOMPARE(pixel(canvas(f, CompareSide::A), 0, 0), colourMap("viridis").table[255]);
}

void TestCompareView::signCanBeTurned()
{
    test::ViewFixture f("compare", twoHeads(), { 1000, 700 });
    compareHeads(f);
    QTest::mouseClick(tool(f, "B − A"), Qt::LeftButton);
    QCoreApplication::processEvents();
    const HeatmapCanvas* difference = canvas(f, CompareSide::Difference);
    QCOMPARE(pixel(difference, 0, 0), blueRed(0));
    QCOMPARE(pixel(difference, 0, 2), blueRed(255));
    QVERIFY(says(f, "Red: more in B"));
}

void TestCompareView::differenceAlone()
{
    test::ViewFixture f("compare", twoHeads(), { 1000, 700 });
    compareHeads(f);
    const int before = canvas(f, CompareSide::Difference)->width();
    QTest::mouseClick(tool(f, "Difference"), Qt::LeftButton);
    QVERIFY(!canvas(f, CompareSide::A)->isVisible());
    QVERIFY(canvas(f, CompareSide::Difference)->width() > before + 200);
    QTest::mouseClick(tool(f, "Side by side"), Qt::LeftButton);
    QVERIFY(canvas(f, CompareSide::A)->isVisible());
    f.view->resize(360, 300); // no room for three
    QCoreApplication::processEvents();
    QVERIFY(!canvas(f, CompareSide::A)->isVisible() && canvas(f, CompareSide::Difference)->isVisible());
}

void TestCompareView::distancesAreTotalVariation()
{
    const Scene scene = against(twoHeads(), twoHeads(), 1);
    const CompareMaps maps(scene);
    const CompareSamples samples = maps.samples(3, 3, Pooling::Max);
    QCOMPARE(samples.distances, (std::vector<float>{ 1.0f, 0.0f, 0.25f })); // ½ Σ |a − b|
    QVERIFY(std::abs(*samples.meanDistance() - 1.25f / 3) < 1e-6f);
    QCOMPARE(samples.largest->difference, 1.0f);
    const ComparePicture picture = comparePicture(scene, maps);
    QVERIFY(picture.heading.chips.join(' ').contains("mean change 0.417"));
    QVERIFY(picture.difference.title.title.contains("+1.0000"));
    const Scene same = against(twoHeads(), twoHeads(), 0);
    QCOMPARE(comparePicture(same, CompareMaps(same)).heading.chips, QStringList{ "A and B are the same" });
}

void TestCompareView::roundingIsNoDifference()
{
    const auto map = [](float share) {
        return test::resultOf(test::textTokens({ "cat" }),
            { Tensor::fromVector({ 1, 3, 3 }, //
                { 1, 0, 0, share, 1 - share, 0, 0.5f, 0.25f, 0.25f }) });
    };
    const Scene rounded = against(map(0.5f), map(0.5f + 3e-7f)), changed = against(map(0.5f), map(0.5005f));
    QCOMPARE(
        comparePicture(rounded, CompareMaps(rounded)).heading.chips, QStringList{ "A and B are the same" });
    QCOMPARE(CompareMaps(rounded).samples(3, 3, Pooling::Max).difference.at(3), 0.0f);
    QVERIFY(std::abs(CompareMaps(changed).samples(3, 3, Pooling::Max).difference.at(3) + 0.0005f) < 1e-6f);
}

void TestCompareView::gapsAreHatchedAndCounted()
{
    // A: [CLS] big cat [SEP], B: [CLS] cat dog [SEP] → rows [CLS] big cat dog [SEP].
    const Scene scene = against(even({ "big", "cat" }), even({ "cat", "dog" }));
    const CompareMaps maps(scene);
    const ComparePicture picture = comparePicture(scene, maps);
    QCOMPARE(maps.rows(), 5);
    QCOMPARE(picture.a.content.gapRows, std::vector{ 3 });
    QCOMPARE(picture.b.content.gapColumns, std::vector{ 1 });
    QCOMPARE(picture.difference.content.gapRows, (std::vector{ 1, 3 }));
    QVERIFY2(
        picture.caption.contains("Tokens: 1 only in A, 1 only in B (hatched)."), qPrintable(picture.caption));
    // A common row has 1/4 on "big" in A alone, 1/4 on "dog" in B alone: ½ (¼ + ¼).
    QCOMPARE(picture.difference.content.beside[0], 0.25f);
    QVERIFY(std::isnan(picture.difference.content.beside[1]));

    test::ViewFixture f("compare", even({ "cat", "dog" }), { 1000, 700 });
    f.session.comparison().keep();
    f.session.setResult(even({ "big", "cat" }));
    QCoreApplication::processEvents();
    const HeatmapCanvas* difference = canvas(f, CompareSide::Difference);
    const QRect gap = difference->cells().cellRect(1, 2).toRect().adjusted(2, 2, -3, -3);
    const QImage cell = const_cast<HeatmapCanvas*>(difference)->grab(gap).toImage();
    QVERIFY(test::colourCount(cell) > 1); // lines
    const QRect common = difference->cells().cellRect(0, 2).toRect().adjusted(2, 2, -3, -3);
    const QRect upper(common.topLeft(), QSize(common.width(), common.height() / 3)); // above the number
    QCOMPARE(test::colourCount(const_cast<HeatmapCanvas*>(difference)->grab(upper).toImage()), 1);
}

void TestCompareView::clickChoosesInA()
{
    test::ViewFixture f("compare", even({ "cat", "dog" }), { 1000, 700 });
    f.session.comparison().keep();
    f.session.setResult(even({ "big", "cat" })); // rows [CLS] big cat dog [SEP]
    QCoreApplication::processEvents();
    HeatmapCanvas* difference = canvas(f, CompareSide::Difference);
    QTest::mouseClick(difference, Qt::LeftButton, {}, centre(difference, 2, 4));
    QCOMPARE(f.session.selection().queries, std::vector{ 2 });
    QCOMPARE(f.session.selection().key, std::optional(3)); // [SEP] is the fourth token of A
    QTest::mouseClick(canvas(f, CompareSide::B), Qt::LeftButton, {}, centre(canvas(f, CompareSide::B), 3, 0));
    QCOMPARE(f.session.selection().queries, std::vector{ 2 }); // "dog" is not in A
    QTest::mouseClick(canvas(f, CompareSide::B), Qt::LeftButton, {}, centre(canvas(f, CompareSide::B), 4, 0));
    QCOMPARE(f.session.selection().queries, std::vector{ 3 });
}

void TestCompareView::hoverIsLinked()
{
    test::ViewFixture f("compare", twoHeads(), { 1000, 700 });
    compareHeads(f);
    HeatmapCanvas *a = canvas(f, CompareSide::A), *difference = canvas(f, CompareSide::Difference);
    const QImage before = difference->grab().toImage();
    QTest::mouseMove(a, centre(a, 1, 2));
    QCoreApplication::processEvents();
    QCOMPARE(f.session.hover().query, std::optional(1));
    QCOMPARE(f.session.hover().key, std::optional(2));
    QVERIFY(difference->grab().toImage() != before);
    f.session.setHover({});
    const QImage plain = difference->grab().toImage();
    Hover elsewhere;
    elsewhere.query = 2;
    elsewhere.key = 0;
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(a, &leave);
    f.session.setHover(elsewhere); // from another panel of the window
    QVERIFY(difference->grab().toImage() != plain);
}

void TestCompareView::zoomIsLinked()
{
    test::ViewFixture f("compare", test::syntheticText({ 1, 2, 40 }), { 1000, 700 });
    QTest::mouseClick(button(f, "Compare with another head"), Qt::LeftButton);
    HeatmapCanvas *a = canvas(f, CompareSide::A), *difference = canvas(f, CompareSide::Difference);
    QTest::keyClick(f.view.get(), Qt::Key_Plus);
    QVERIFY(difference->cells().zoomedIn());
    QCOMPARE(a->cells().window, difference->cells().window);
    QVERIFY(f.view->scene().options.contains("window"));
    QWheelEvent wheel(a->cells().plot.center(), a->mapToGlobal(a->cells().plot.center()), {}, { 0, 240 },
        Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(a, &wheel);
    QCOMPARE(a->cells().window, difference->cells().window);
    QTest::keyClick(f.view.get(), Qt::Key_0);
    QVERIFY(!a->cells().zoomedIn() && !difference->cells().zoomedIn());
}

void TestCompareView::keysMoveTheCell()
{
    test::ViewFixture f("compare", test::syntheticText({ 1, 2, 8 }), { 1000, 700 });
    QTest::mouseClick(button(f, "Compare with another head"), Qt::LeftButton);
    f.select([](Selection& s) {
        s.queries = { 4 };
        s.key = 4;
    });
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QTest::keyClick(f.view.get(), Qt::Key_Down);
    QCOMPARE(f.session.selection().queries, std::vector{ 5 });
    QCOMPARE(f.session.selection().key, std::optional(5));
    QTest::keyClick(f.view.get(), Qt::Key_BracketRight);
    QCOMPARE(f.session.selection().heads, std::vector{ 1 });
    QVERIFY(f.view->scene().other->selection.heads == std::vector{ 1 }); // B was the other one
}

void TestCompareView::keptRunStaysWhileTypingGoesOn()
{
    const auto first = twoHeads();
    test::ViewFixture f("compare", first, { 1000, 700 });
    f.select([](Selection& s) { s = Selection{}; });
    QTest::mouseClick(button(f, "Keep this as B"), Qt::LeftButton);
    QVERIFY(says(f, "A and B are the same head of the same run"));
    f.session.setResult(even({ "cat" })); // every weight 1/3
    QCoreApplication::processEvents();
    QVERIFY(says(f, "Red: more in A"));
    QCOMPARE(f.view->scene().other->result, first);
    // Row 0: 1/3 − 1, 1/3 − 0, 1/3 − 0: the largest change is −2/3.
    const HeatmapCanvas* difference = canvas(f, CompareSide::Difference);
    QCOMPARE(pixel(difference, 0, 0), blueRed(0));
    QCOMPARE(pixel(difference, 0, 1), blueRed(int(std::lround(255 * 0.75))));
}

void TestCompareView::piecesAreSummedAndAveraged()
{
    // A cuts "unable" into two pieces, B does not; the models differ, and so do their tokenizers.
    const auto named = [](const char* name) {
        auto model = std::make_shared<OpenModel>();
        model->name = name;
        return model;
    };
    const auto a = test::resultOf(test::textTokens({ "un", "##able" }),
        { Tensor::fromVector({ 1, 4, 4 },
            { 0.1f, 0.2f, 0.3f, 0.4f, 0.4f, 0.3f, 0.2f, 0.1f, 0.2f, 0.2f, 0.2f, 0.4f, 0.7f, 0.1f, 0.1f,
                0.1f }) });
    const std::vector<float> valuesB{ 0.2f, 0.3f, 0.5f, 0.5f, 0.25f, 0.25f, 0.6f, 0.3f, 0.1f };
    const auto b =
        test::resultOf(test::textTokens({ "unable" }), { Tensor::fromVector({ 1, 3, 3 }, valuesB) });
    a->model = named("one");
    b->model = named("two");
    const CompareMaps maps(against(a, b));
    QCOMPARE(maps.rows(), 3);
    // Rows un and ##able averaged, columns un and ##able summed, by hand.
    const float expectedA[]{ 0.1f, 0.5f, 0.4f, 0.3f, 0.45f, 0.25f, 0.7f, 0.2f, 0.1f };
    const Tensor gotA = maps.block(CompareSide::A, maps.whole());
    const Tensor difference = maps.block(CompareSide::Difference, maps.whole());
    for (std::size_t n = 0; n < 9; ++n) {
        const auto i = std::int64_t(n);
        QVERIFY(std::abs(gotA.at(i) - expectedA[n]) < 1e-6f);
        QVERIFY(std::abs(difference.at(i) - (expectedA[n] - valuesB[n])) < 1e-6f);
    }
    QVERIFY(std::abs(difference.at(4) - 0.2f) < 1e-6f); // 0.45 − 0.25
    QVERIFY(std::abs(difference.at(0) + 0.1f) < 1e-6f); // 0.1 − 0.2
    QCOMPARE(maps.rowLabel(CompareSide::A, 1), "unable");
}

void TestCompareView::pooledDifferencesKeepTheirSign()
{
    const Scene scene = against(test::syntheticText({ 1, 2, 300 }), test::syntheticText({ 1, 2, 300 }), 1);
    const CompareMaps maps(scene);
    const Tensor exact = maps.block(CompareSide::Difference, maps.whole());
    for (const Pooling pooling : { Pooling::Max, Pooling::Mean }) {
        const Tensor pooled = maps.sample(CompareSide::Difference, maps.whole(), 7, 11, pooling);
        const CompareSamples samples = maps.samples(7, 11, pooling);
        for (std::int64_t y = 0; y < 7; ++y)
            for (std::int64_t x = 0; x < 11; ++x) {
                float extreme = 0;
                double sum = 0;
                int count = 0;
                for (auto row = bucketBegin(y, 7, 300); row < bucketBegin(y + 1, 7, 300); ++row)
                    for (auto column = bucketBegin(x, 11, 300); column < bucketBegin(x + 1, 11, 300);
                         ++column) {
                        const float value = exact.at(row * 300 + column);
                        if (std::abs(value) > std::abs(extreme))
                            extreme = value;
                        sum += double(value);
                        ++count;
                    }
                const float got = pooled.at(y * 11 + x);
                QCOMPARE(samples.difference.at(y * 11 + x), got);
                if (pooling == Pooling::Max)
                    QCOMPARE(got, extreme);
                else
                    QVERIFY(std::abs(double(got) - sum / count) < 1e-6);
            }
    }
}

void TestCompareView::largeMapsArriveFromAWorker()
{
    test::ViewFixture f("compare", test::syntheticText({ 1, 2, 600 }), { 1000, 700 });
    QTest::mouseClick(button(f, "Compare with another head"), Qt::LeftButton);
    QVERIFY(says(f, "being computed"));
    QTRY_VERIFY(says(f, "Red: more in A"));
    QCOMPARE(canvas(f, CompareSide::Difference)->cells().rows, 600);
    f.session.setResult(test::syntheticText({ 1, 2, 700 }));
    f.session.setResult(twoHeads()); // the running one is dropped
    QTest::qWait(50);
    QCOMPARE(canvas(f, CompareSide::Difference)->cells().rows, 3);
}

void TestCompareView::otherGridsAreRefused()
{
    test::ViewFixture f("compare", test::syntheticImage(1, 2, 4, 5), { 1000, 700 });
    f.session.comparison().keep();
    f.session.setResult(test::syntheticImage(1, 2, 4, 5));
    QCoreApplication::processEvents();
    QVERIFY(canvas(f, CompareSide::Difference)->isVisible());
    f.session.setResult(test::syntheticImage(1, 2, 5, 4));
    QCoreApplication::processEvents();
    QVERIFY(says(f, "different grids"));
    QVERIFY(!canvas(f, CompareSide::Difference)->isVisible());
    const Scene scene = f.view->scene();
    QVERIFY(viewById("compare")->figure().table(scene).size() > 1); // A at least
}

void TestCompareView::hiddenTokensTakeNoPart()
{
    Scene scene = against(even({ "big", "cat" }), even({ "cat", "dog" }));
    scene.display.hideSpecialTokens = true;
    const CompareMaps maps(scene);
    QCOMPARE(maps.rows(), 3); // big, cat, dog
    QCOMPARE(maps.queriesOfA(1), std::vector{ 2 });
    QCOMPARE(maps.rowOfQuery(2), std::optional(1));
    QVERIFY(!maps.rowOfQuery(0));
    scene.display.renormaliseHidden = true;
    const CompareMaps renormalised(scene);
    QCOMPARE(renormalised.block(CompareSide::A, { 1, 2, 0, 3 }).at(0), 0.5f);
}

void TestCompareView::headsThatDifferMostComeFirst()
{
    // Two layers of two heads over two tokens. Both rows of each head are (p, 1 − p): distance |p − q|.
    const auto run = [](const std::array<float, 4>& p) {
        std::vector<Tensor> layers;
        for (std::size_t layer = 0; layer < 2; ++layer) {
            std::vector<float> weights;
            for (std::size_t head = 0; head < 2; ++head)
                for (int row = 0; row < 2; ++row) {
                    weights.push_back(p[layer * 2 + head]);
                    weights.push_back(1 - p[layer * 2 + head]);
                }
            layers.push_back(Tensor::fromVector({ 2, 2, 2 }, weights));
        }
        return test::resultOf(test::textTokens({}), layers);
    };
    test::ViewFixture f("compare", run({ 0.5f, 0.5f, 0.5f, 0.5f }), { 1000, 700 });
    f.session.comparison().keep();
    QCoreApplication::processEvents();
    auto* heads = f.child<CompareHeads>();
    QVERIFY(!heads->isVisible()); // one run
    f.session.setResult(run({ 0.5f, 0.75f, 1.0f, 0.25f }));
    QTRY_VERIFY(heads->isVisible());
    const std::vector<HeadDistance> expected{ { 1, 0, 0.5f }, { 0, 1, 0.25f }, { 1, 1, 0.25f },
        { 0, 0, 0.0f } };
    QCOMPARE(headDistances(f.view->scene()), expected);
    const auto links = heads->findChildren<QPushButton*>();
    QVERIFY2(links[0]->text().contains("L1·H0") && links[0]->text().contains("0.500"),
        qPrintable(links[0]->text()));
    QVERIFY(links[3]->isVisible() && !links[4]->isVisible());
    QTest::mouseClick(links[1], Qt::LeftButton);
    QCOMPARE(f.session.selection().layer, 0);
    QCOMPARE(f.session.selection().heads, std::vector{ 1 });
    QVERIFY(f.session.comparison().follows());
    QCOMPARE(f.view->scene().other->selection.heads, std::vector{ 1 });
    f.session.setResult(run({ 0.5f, 0.5f, 0.5f, 0.5f })); // as it was: nothing differs
    QTRY_VERIFY(!heads->isVisible());
}

void TestCompareView::everyKindOfResult_data()
{
    QTest::addColumn<QString>("result");
    QTest::addColumn<bool>("dark");
    for (const char* result : { "one token", "12x12", "512 tokens", "pair", "caption", "towers",
             "merged patches", "boxes", "sound" })
        for (const bool dark : { false, true })
            QTest::addRow("%s, %s", result, dark ? "dark" : "light") << result << dark;
}

/// All sites and layers against the kept last one, and heads joined: drawn, or a reason said.
void TestCompareView::everyKindOfResult()
{
    QFETCH(QString, result);
    QFETCH(bool, dark);
    applyTheme(*qApp, dark ? ThemeKind::Dark : ThemeKind::Light);
    const auto made = result == "one token" ? test::syntheticText({ 1, 1, 1 })
        : result == "12x12"                 ? test::syntheticText({ 12, 12, 14 })
        : result == "512 tokens"            ? test::syntheticText({ 2, 2, 512 })
        : result == "pair"                  ? test::syntheticPair()
        : result == "caption"               ? test::syntheticCaption()
        : result == "towers"                ? test::syntheticTowers()
        : result == "merged patches"        ? test::syntheticMergedPatches()
        : result == "boxes"                 ? test::syntheticBoxes()
                                            : test::syntheticSound();
    test::ViewFixture f("compare", made, { 900, 640 });
    f.session.comparison().keep();
    int drawn = 0;
    for (const auto& layer : made->trace->layers()) {
        f.select([&](Selection& s) {
            s.kind = layer->site.kind;
            s.tower = layer->site.tower;
            s.layer = layer->site.layer;
            s.heads.resize(std::size_t(layer->heads));
            std::iota(s.heads.begin(), s.heads.end(), 0);
        });
        const Scene scene = f.view->scene();
        const CompareMaps maps(scene);
        QCOMPARE(canvas(f, CompareSide::Difference)->isVisible(), maps.reason().isEmpty());
        QVERIFY(maps.reason().isEmpty() != maps.empty());
        QVERIFY(test::colourCount(f.picture()) >= 12);
        drawn += maps.reason().isEmpty();
        const Figure& figure = viewById("compare")->figure();
        QImage image(figure.naturalSize(scene).toSize(), QImage::Format_RGB32);
        image.fill(Theme::of(scene.theme).window);
        QPainter painter(&image);
        figure.paint(painter, image.rect(), scene);
        QVERIFY(test::colourCount(image) >= 12);
    }
    QVERIFY(drawn > 0);
    applyTheme(*qApp, ThemeKind::Light);
}

void TestCompareView::tableHoldsBothSides()
{
    const auto table = viewById("compare")->figure().table(against(even({ "big" }), even({ "cat" })));
    // Rows [CLS] big cat [SEP]; pairs that are on neither side together (big, cat) are left out: 16 − 2.
    QCOMPARE(table.size(), std::size_t(15));
    QCOMPARE(table[0], (std::vector<QString>{ "query", "key", "weight A", "weight B", "difference A − B" }));
    QCOMPARE(table[1], (std::vector<QString>{ "[CLS]", "[CLS]", "0.33333334", "0.33333334", "0" }));
    QCOMPARE(table[2], (std::vector<QString>{ "[CLS]", "big", "0.33333334", "", "" }));
    QCOMPARE(table[3], (std::vector<QString>{ "[CLS]", "cat", "", "0.33333334", "" }));
}

void TestCompareView::layoutFollowsTheRoom_data()
{
    using Arrangement = CompareLayout::Arrangement;
    QTest::addColumn<QSizeF>("size");
    QTest::addColumn<int>("arrangement");
    QTest::newRow("wide") << QSizeF(1400, 500) << int(Arrangement::Row);
    QTest::newRow("usual") << QSizeF(830, 560) << int(Arrangement::Large);
    QTest::newRow("tall") << QSizeF(400, 900) << int(Arrangement::Column);
    QTest::newRow("small") << QSizeF(400, 300) << int(Arrangement::Alone);
    QTest::newRow("nothing") << QSizeF(0, 0) << int(Arrangement::Alone);
}

void TestCompareView::layoutFollowsTheRoom()
{
    QFETCH(QSizeF, size);
    QFETCH(int, arrangement);
    const QRectF area(QPointF(10, 20), size);
    const CompareLayout layout = CompareLayout::of(area, CompareShow::SideBySide);
    QCOMPARE(int(layout.arrangement), arrangement);
    for (const QRectF& place : { layout.a, layout.b, layout.difference })
        QVERIFY(place.isEmpty() || area.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(place));
    QVERIFY(!layout.a.intersects(layout.b) && !layout.a.intersects(layout.difference)
        && !layout.b.intersects(layout.difference));
    QVERIFY(CompareLayout::of(area, CompareShow::Difference).a.isEmpty());
}

HEADLIGHT_TEST_MAIN(TestCompareView)
#include "tst_compare_view.moc"
