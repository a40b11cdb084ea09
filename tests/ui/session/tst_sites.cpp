// Selections in models with several places of attention: which site, which tokens its rows and columns are,
// and what a choice becomes elsewhere. The results are made by hand; expected numbers are their maps'.

#include "tests/support/synthetic_models.h"
#include "tests/support/test_main.h"
#include "ui/session/boxes.h"
#include "ui/session/inspection.h"
#include "ui/session/navigation.h"

using namespace headlight;
using namespace headlight::ui;

class TestSites : public test::TestCase {
    Q_OBJECT
private slots:
    void sitesAreListedInTheirOrder_data();
    void sitesAreListedInTheirOrder();
    void axesAreTheTokensOfTheSite();
    void tokensStayWhereTheyMeanTheSame();
    void stripsChooseRowsOrColumns();
    void keyMayStandAloneInCrossAttention();
    void lookersAreTheColumn();
    void mergedPatchesHaveTheirOwnGrid_data();
    void mergedPatchesHaveTheirOwnGrid();
    void windowsKnowThePaddedGrid();
    void movingClampsHeadsOfRaggedLayers();
    void boxesChooseTheirRows();
    void arrowsStayInsideMapsThatAreNotSquare();
};

namespace {

const SiteGroup encoder{ AttentionKind::Encoder }, decoder{ AttentionKind::Decoder },
    cross{ AttentionKind::Cross };

Selection at(const AnalysisResult& result, SiteGroup site, std::vector<int> queries, std::optional<int> key)
{
    Selection selection = firstSelection(result, site);
    selection.queries = std::move(queries);
    selection.key = key;
    return selection;
}

} // namespace

void TestSites::sitesAreListedInTheirOrder_data()
{
    QTest::addColumn<QString>("result");
    QTest::addColumn<QStringList>("ids");
    QTest::newRow("one") << "text" << QStringList{ "encoder" };
    QTest::newRow("pair") << "pair" << QStringList{ "encoder", "decoder", "cross" };
    QTest::newRow("towers") << "towers" << QStringList{ "text", "vision" };
}

void TestSites::sitesAreListedInTheirOrder()
{
    QFETCH(QString, result);
    QFETCH(QStringList, ids);
    const auto found = result == "pair" ? test::syntheticPair()
        : result == "towers"            ? test::syntheticTowers()
                                        : test::syntheticText({});
    QStringList listed;
    for (const SiteGroup& site : sitesOf(*found)) {
        listed << id(site);
        QCOMPARE(*siteFromId(*found, id(site)), site);
        QVERIFY(!title(site).isEmpty() && !summary(site).isEmpty());
    }
    QCOMPARE(listed, ids);
    QVERIFY(!siteFromId(*found, "nowhere"));
}

void TestSites::axesAreTheTokensOfTheSite()
{
    const auto pair = test::syntheticPair();
    const auto layer = layerOf(*pair, firstSelection(*pair, cross));
    const TokenAxis rows = TokenAxis::queries(*pair, *layer), columns = TokenAxis::keys(*pair, *layer);
    QCOMPARE(rows.count(), 5);
    QCOMPARE(columns.count(), 7);
    QCOMPARE(rows.label(2), QStringLiteral("chat"));
    QCOMPARE(columns.label(2), QStringLiteral("cat"));
    QVERIFY(rows.special(0) && columns.special(6) && !(rows == columns));
    const auto caption = test::syntheticCaption();
    const auto looking = layerOf(*caption, firstSelection(*caption, cross));
    QVERIFY(TokenAxis::queries(*caption, *looking).words());
    QCOMPARE(TokenAxis::keys(*caption, *looking).name(7), QStringLiteral("patch (1, 1)"));
    const auto towers = test::syntheticTowers();
    const auto text = towers->trace->layer({ AttentionKind::Decoder, 0, Tower::Text });
    QVERIFY(TokenAxis::keys(*towers, *text).words());
    const auto vision = towers->trace->layer({ AttentionKind::Encoder, 0, Tower::Vision });
    QVERIFY(TokenAxis::keys(*towers, *vision).grid());
}

void TestSites::tokensStayWhereTheyMeanTheSame()
{
    const auto pair = test::syntheticPair();
    const Selection seen = atSite(at(*pair, cross, { 3 }, 5), decoder, *pair);
    QCOMPARE(seen.kind, AttentionKind::Decoder);
    QCOMPARE(seen.queries, std::vector{ 3 }); // the same word of the decoder
    QVERIFY(!seen.key); // was a token of the encoder
    const Selection read = atSite(seen, encoder, *pair);
    QCOMPARE(read.queries, firstSelection(*pair, encoder).queries);
    QCOMPARE(atSite(at(*pair, cross, { 3 }, 5), cross, *pair), at(*pair, cross, { 3 }, 5));
    // A layer or head that is not there gives way.
    Selection deep = at(*pair, encoder, { 1 }, {});
    deep.heads = { 2 };
    QCOMPARE(atSite(deep, cross, *pair).heads, std::vector{ 0 });
}

void TestSites::stripsChooseRowsOrColumns()
{
    const auto pair = test::syntheticPair();
    const Selection start = at(*pair, cross, { 1 }, {});
    QCOMPARE(withToken(start, TokenGroup::Input, 4, Choose::Only, *pair), at(*pair, cross, { 1 }, 4));
    QCOMPARE(withToken(start, TokenGroup::Decoder, 2, Choose::Only, *pair), at(*pair, cross, { 2 }, {}));
    QCOMPARE(withToken(start, TokenGroup::Decoder, 2, Choose::Toggle, *pair), at(*pair, cross, { 1, 2 }, {}));
    const Selection reading = at(*pair, encoder, { 1 }, {});
    QCOMPARE(withToken(reading, TokenGroup::Decoder, 2, Choose::Only, *pair).kind, AttentionKind::Cross);
    QCOMPARE(chosenTokens(at(*pair, cross, { 1 }, 4), TokenGroup::Input, *pair), std::vector{ 4 });
    QCOMPARE(chosenTokens(at(*pair, cross, { 1 }, 4), TokenGroup::Decoder, *pair), std::vector{ 1 });
    QVERIFY(chosenTokens(reading, TokenGroup::Decoder, *pair).empty());
    QCOMPARE(hoverOver(start, TokenGroup::Input, 3, *pair).key, 3);
    QCOMPARE(hoverOver(start, TokenGroup::Decoder, 3, *pair).query, 3);
    QCOMPARE(hoveredToken(start, { {}, {}, 2, 3 }, TokenGroup::Input, *pair), 3);
}

void TestSites::keyMayStandAloneInCrossAttention()
{
    const auto pair = test::syntheticPair();
    QCOMPARE(clamped(at(*pair, cross, {}, 4), *pair).key, 4);
    QVERIFY(!clamped(at(*pair, encoder, {}, 4), *pair).key);
    QVERIFY(!clamped(at(*pair, cross, {}, 7), *pair).key);
}

void TestSites::lookersAreTheColumn()
{
    const auto pair = test::syntheticPair();
    const Inspected about = inspected(*pair, at(*pair, cross, { 1 }, 4), {});
    const auto lookers = topTokens(about, TokenDirection::LookedAtBy, {}, 20);
    QCOMPARE(lookers.size(), std::size_t(5));
    for (const TokenWeight& looker : lookers)
        QCOMPARE(looker.weight, about.map.at(looker.token, 4));
    const auto looked = topTokens(about, TokenDirection::LooksAt, {}, 20);
    QCOMPARE(looked.size(), std::size_t(7));
    QCOMPARE(looked.front().weight, about.map.at(1, looked.front().token));
}

void TestSites::mergedPatchesHaveTheirOwnGrid_data()
{
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("rows"); // 0: does not fit
    QTest::addColumn<int>("columns");
    QTest::newRow("as it was") << 224 << 224 << 56 * 56 << 56 << 56;
    QTest::newRow("merged once") << 224 << 224 << 28 * 28 << 28 << 28;
    QTest::newRow("merged thrice") << 224 << 224 << 49 << 7 << 7;
    QTest::newRow("odd sides are padded") << 28 << 20 << 4 * 3 << 3 << 4; // 7 × 5 patches → 4 × 3
    QTest::newRow("a rest makes a patch") << 30 << 22 << 8 * 6 << 6 << 8;
    QTest::newRow("no such count") << 224 << 224 << 50 << 0 << 0;
}

void TestSites::mergedPatchesHaveTheirOwnGrid()
{
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(int, count);
    QFETCH(int, rows);
    QFETCH(int, columns);
    const PatchGrid grid{ { width, height }, { 4, 4 }, 0, { 0, 0, double(width), double(height) } };
    const auto merged = mergedGrid(grid, count);
    QCOMPARE(merged.has_value(), rows > 0);
    if (!merged)
        return;
    QCOMPARE(merged->rows(), rows);
    QCOMPARE(merged->columns(), columns);
    // A patch covers the same pixels of the picture as of the model: nothing was scaled.
    const PictureArea area = merged->pictureArea({ rows - 1, columns - 1 });
    QVERIFY(std::abs(area.left - double(merged->patch.width) * (columns - 1)) < 1e-9);
    QVERIFY(std::abs(area.height - double(merged->patch.height)) < 1e-9);
}

void TestSites::windowsKnowThePaddedGrid()
{
    // 8 × 6 patches, merged to 4 × 3 cells and padded to 4 × 4 for windows of 2 × 2: beyond the picture on
    // the right.
    const auto swin = test::syntheticMergedPatches();
    auto layer = test::givenLayer({ AttentionKind::Encoder, 0 }, test::plausibleWeights({ 1, 2, 16 }, 0));
    auto windows = std::make_shared<Windows>();
    windows->rows = windows->columns = 4;
    windows->cell = 2;
    layer.windows = windows;
    const TokenAxis axis = TokenAxis::keys(*swin, layer);
    QVERIFY(axis.grid().has_value());
    QCOMPARE(axis.grid()->rows(), 4);
    QCOMPARE(axis.grid()->columns(), 4);
    const PictureArea last = axis.grid()->pictureArea({ 3, 3 });
    QCOMPARE(last.left, 48.0);
    QCOMPARE(last.top, 48.0);
    QCOMPARE(last.width, 16.0);
    QCOMPARE(axis.name(6), QStringLiteral("patch (1, 2)"));
}

void TestSites::movingClampsHeadsOfRaggedLayers()
{
    const auto swin = test::syntheticMergedPatches();
    Selection selection = at(*swin, encoder, { 11 }, 11);
    selection.layer = 1;
    selection.heads = { 3 };
    const Selection before = moved(selection, Step::PreviousLayer, *swin, {});
    QCOMPARE(before.layer, 0);
    QCOMPARE(before.heads, std::vector{ 0 });
    const Selection far = moved(at(*swin, encoder, { 40 }, {}), Step::NextLayer, *swin, {});
    QCOMPARE(far.layer, 1);
    QVERIFY(std::ranges::all_of(far.queries, [](int query) { return query < 12; }));
    const auto layer = swin->trace->layer({ AttentionKind::Encoder, 1 });
    QCOMPARE(TokenAxis::keys(*swin, *layer).name(5), QStringLiteral("patch (1, 2)"));
}

void TestSites::boxesChooseTheirRows()
{
    const auto found = test::syntheticBoxes();
    QCOMPARE(*boxSite(*found), cross);
    QCOMPARE(firstSelection(*found).queries, std::vector{ 4 }); // of the likeliest box
    const Selection dog = withBox(at(*found, encoder, { 1 }, {}), 1, Choose::Only, *found);
    QCOMPARE(dog.kind, AttentionKind::Cross);
    QCOMPARE(dog.queries, std::vector{ 2 });
    QCOMPARE(chosenBoxes(dog, *found), std::vector{ 1 });
    QCOMPARE(withBox(dog, 0, Choose::Toggle, *found).queries, (std::vector{ 2, 4 }));
    QCOMPARE(withBox(dog, 7, Choose::Only, *found), dog);
    QVERIFY(!boxSite(*test::syntheticPair()));
}

void TestSites::arrowsStayInsideMapsThatAreNotSquare()
{
    const auto pair = test::syntheticPair();
    QCOMPARE(moved(at(*pair, cross, { 4 }, 6), Step::Down, *pair, {}), at(*pair, cross, { 4 }, 6));
    QCOMPARE(moved(at(*pair, cross, { 4 }, 5), Step::Right, *pair, {}), at(*pair, cross, { 4 }, 6));
    DisplaySettings display;
    display.hideSpecialTokens = true;
    QCOMPARE(moved(at(*pair, cross, { 1 }, 1), Step::Up, *pair, display), at(*pair, cross, { 1 }, 1));
    QCOMPARE(moved(at(*pair, cross, { 4 }, 5), Step::Right, *pair, display), at(*pair, cross, { 4 }, 5));
}

HEADLIGHT_TEST_MAIN(TestSites)
#include "tst_sites.moc"
