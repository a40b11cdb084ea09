// Selections: moved by keys, clamped to a result, and what the inspector reads from them. Expected numbers
// are taken from the whole map by definition.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/session/inspection.h"
#include "ui/session/navigation.h"
#include "ui/session/normalisation.h"

using namespace headlight;
using namespace headlight::ui;

class TestNavigation : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void arrowsMoveTheCell_data();
    void arrowsMoveTheCell();
    void hiddenTokensArePassedOver();
    void headsAndLayersStopAtTheEdges();
    void joinedHeadsStepToAnEnd();
    void escapeClearsTokensOnly();
    void clampingKeepsWhatIsThere_data();
    void clampingKeepsWhatIsThere();
    void topsAreTheLargestWeights_data();
    void topsAreTheLargestWeights();
    void rowTopsAreTheLargestOfTheRow();
    void cellNumbersByDefinition();
    void hoverGoesBeforeSelection();
    void topTokensAreSortedAndComplete();
    void profileIsTheMeanOfTheHeads();

private:
    Selection at(int layer, int head, std::optional<int> query, std::optional<int> key) const;

    test::SampleResources m_sample;
    std::shared_ptr<const AnalysisResult> m_result; ///< [CLS] a great film . [SEP]
    DisplaySettings m_display;
};

void TestNavigation::initTestCase()
{
    const Engine engine(m_sample.resources());
    const auto model = engine.open("sentiment", {});
    QVERIFY(model);
    AnalysisRequest request;
    request.input = TextInput{ "a great film.", std::nullopt };
    const auto result = engine.run(*model, request, {});
    QVERIFY(result);
    m_result = *result;
    QCOMPARE(m_result->tokens.size(), std::size_t(6));
}

Selection TestNavigation::at(int layer, int head, std::optional<int> query, std::optional<int> key) const
{
    Selection selection;
    selection.layer = layer;
    selection.heads = { head };
    if (query)
        selection.queries = { *query };
    selection.key = key;
    return selection;
}

void TestNavigation::arrowsMoveTheCell_data()
{
    QTest::addColumn<int>("query");
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("step");
    QTest::addColumn<int>("newQuery");
    QTest::addColumn<int>("newKey");
    QTest::newRow("down") << 2 << 3 << int(Step::Down) << 3 << 3;
    QTest::newRow("up") << 2 << 3 << int(Step::Up) << 1 << 3;
    QTest::newRow("left") << 2 << 3 << int(Step::Left) << 2 << 2;
    QTest::newRow("right") << 2 << 3 << int(Step::Right) << 2 << 4;
    QTest::newRow("top edge") << 0 << 3 << int(Step::Up) << 0 << 3;
    QTest::newRow("right edge") << 2 << 5 << int(Step::Right) << 2 << 5;
    QTest::newRow("nothing chosen") << -1 << -1 << int(Step::Down) << 0 << 0;
    QTest::newRow("row only, down") << 2 << -1 << int(Step::Down) << 3 << -1;
    QTest::newRow("row only, right") << 2 << -1 << int(Step::Right) << 2 << 0;
}

void TestNavigation::arrowsMoveTheCell()
{
    QFETCH(int, query);
    QFETCH(int, key);
    QFETCH(int, step);
    QFETCH(int, newQuery);
    QFETCH(int, newKey);
    const auto optional = [](int value) { return value < 0 ? std::nullopt : std::optional(value); };
    const Selection to = moved(at(1, 2, optional(query), optional(key)), Step(step), *m_result, m_display);
    QCOMPARE(to, at(1, 2, optional(newQuery), optional(newKey)));
}

void TestNavigation::hiddenTokensArePassedOver()
{
    DisplaySettings display;
    display.hideSpecialTokens = true;
    QCOMPARE(moved(at(0, 0, 1, 1), Step::Up, *m_result, display), at(0, 0, 1, 1)); // only [CLS] is above
    QCOMPARE(moved(at(0, 0, 4, 4), Step::Right, *m_result, display), at(0, 0, 4, 4)); // only [SEP] is beyond
    QCOMPARE(moved(at(0, 0, std::nullopt, std::nullopt), Step::Down, *m_result, display), at(0, 0, 1, 1));
}

void TestNavigation::headsAndLayersStopAtTheEdges()
{
    QCOMPARE(moved(at(1, 0, 2, 3), Step::PreviousHead, *m_result, m_display), at(1, 0, 2, 3));
    QCOMPARE(moved(at(1, 0, 2, 3), Step::NextHead, *m_result, m_display), at(1, 1, 2, 3));
    QCOMPARE(moved(at(1, 3, 2, 3), Step::NextHead, *m_result, m_display), at(1, 3, 2, 3));
    QCOMPARE(moved(at(2, 1, 2, 3), Step::NextLayer, *m_result, m_display), at(2, 1, 2, 3));
    QCOMPARE(moved(at(2, 1, 2, 3), Step::PreviousLayer, *m_result, m_display), at(1, 1, 2, 3));
}

void TestNavigation::joinedHeadsStepToAnEnd()
{
    Selection all = at(1, 0, 2, 3);
    all.heads = { 0, 1, 2, 3 };
    QCOMPARE(moved(all, Step::NextHead, *m_result, m_display).heads, std::vector<int>{ 0 });
    QCOMPARE(moved(all, Step::PreviousHead, *m_result, m_display).heads, std::vector<int>{ 3 });
}

void TestNavigation::escapeClearsTokensOnly()
{
    QCOMPARE(moved(at(1, 2, 3, 4), Step::Clear, *m_result, m_display), at(1, 2, std::nullopt, std::nullopt));
}

void TestNavigation::clampingKeepsWhatIsThere_data()
{
    QTest::addColumn<int>("layer");
    QTest::addColumn<QList<int>>("heads");
    QTest::addColumn<QList<int>>("queries");
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("newLayer");
    QTest::addColumn<QList<int>>("newHeads");
    QTest::addColumn<QList<int>>("newQueries");
    QTest::addColumn<int>("newKey");
    using List = QList<int>;
    QTest::newRow("fits") << 1 << List{ 2 } << List{ 3 } << 4 << 1 << List{ 2 } << List{ 3 } << 4;
    QTest::newRow("too deep") << 9 << List{ 2 } << List{ 3 } << 4 << 2 << List{ 2 } << List{ 3 } << 4;
    QTest::newRow("no such head") << 1 << List{ 11 } << List{ 3 } << 4 << 1 << List{ 0 } << List{ 3 } << 4;
    QTest::newRow("some heads gone") << 1 << List{ 1, 9, 3 } << List{ 3 } << 4 << 1 << List{ 1, 3 }
                                     << List{ 3 } << 4;
    QTest::newRow("key gone") << 1 << List{ 2 } << List{ 3 } << 40 << 1 << List{ 2 } << List{ 3 } << -1;
    QTest::newRow("query gone") << 1 << List{ 2 } << List{ 30 } << 4 << 1 << List{ 2 } << List{} << -1;
    QTest::newRow("negative") << -1 << List{ -1 } << List{ -1 } << 4 << 0 << List{ 0 } << List{} << -1;
}

void TestNavigation::clampingKeepsWhatIsThere()
{
    QFETCH(int, layer);
    QFETCH(QList<int>, heads);
    QFETCH(QList<int>, queries);
    QFETCH(int, key);
    QFETCH(int, newLayer);
    QFETCH(QList<int>, newHeads);
    QFETCH(QList<int>, newQueries);
    QFETCH(int, newKey);
    const auto make = [](int l, const QList<int>& h, const QList<int>& q, int k) {
        Selection selection;
        selection.layer = l;
        selection.heads.assign(h.begin(), h.end());
        selection.queries.assign(q.begin(), q.end());
        selection.key = k < 0 ? std::nullopt : std::optional(k);
        return selection;
    };
    QCOMPARE(
        clamped(make(layer, heads, queries, key), *m_result), make(newLayer, newHeads, newQueries, newKey));
}

/// The largest weight of a map, by looking at all of them.
static float largestIn(const AnalysisResult& result, const AttentionMap& map, const DisplaySettings& display)
{
    float largest = 0;
    for (std::int64_t i = 0; i < map.queries(); ++i) {
        const auto row = map.row(i);
        float sum = 0, top = 0;
        for (std::size_t j = 0; j < row.size(); ++j) {
            if (!(display.hideSpecialTokens && result.tokens[j].special)) {
                sum += row[j];
                top = std::max(top, row[j]);
            }
        }
        if (!(display.hideSpecialTokens && result.tokens[std::size_t(i)].special))
            largest =
                std::max(largest, display.renormaliseHidden && display.hideSpecialTokens ? top / sum : top);
    }
    return largest;
}

void TestNavigation::topsAreTheLargestWeights_data()
{
    QTest::addColumn<bool>("hide");
    QTest::addColumn<bool>("renormalise");
    QTest::newRow("all tokens") << false << false;
    QTest::newRow("hidden") << true << false;
    QTest::newRow("hidden and renormalised") << true << true;
}

void TestNavigation::topsAreTheLargestWeights()
{
    QFETCH(bool, hide);
    QFETCH(bool, renormalise);
    DisplaySettings display;
    display.hideSpecialTokens = hide;
    display.renormaliseHidden = renormalise;
    float ofLayer = 0, ofModel = 0;
    for (const auto& layer : m_result->trace->layers()) {
        for (int head = 0; head < layer->heads; ++head) {
            const float largest = largestIn(*m_result, AttentionMap(layer, head), display);
            ofModel = std::max(ofModel, largest);
            ofLayer = layer->site.layer == 1 ? std::max(ofLayer, largest) : ofLayer;
        }
    }
    const auto near = [](float a, float b) { return std::abs(a - b) <= 1e-5f; };
    const AttentionMap map = mapOf(*m_result, at(1, 2, {}, {}));
    display.normalise = Normalise::Head;
    QVERIFY(near(topOf(*m_result, map, display), largestIn(*m_result, map, display)));
    display.normalise = Normalise::Layer;
    QVERIFY(near(topOf(*m_result, map, display), ofLayer));
    display.normalise = Normalise::Model;
    QVERIFY(near(topOf(*m_result, map, display), ofModel));
    display.normalise = Normalise::None;
    QCOMPARE(topOf(*m_result, map, display), 1.0f);
    // Joined heads.
    Selection all = at(1, 0, {}, {});
    all.heads = { 0, 1, 2, 3 };
    for (const HeadJoin join : { HeadJoin::Mean, HeadJoin::Max }) {
        all.join = join;
        display.normalise = Normalise::Head;
        const AttentionMap joined = mapOf(*m_result, all);
        if (!renormalise || join == HeadJoin::Mean)
            QVERIFY(near(topOf(*m_result, joined, display), largestIn(*m_result, joined, display)));
    }
}

void TestNavigation::rowTopsAreTheLargestOfTheRow()
{
    const AttentionMap map = mapOf(*m_result, at(1, 2, {}, {}));
    for (std::int64_t query = 0; query < map.queries(); ++query) {
        const auto row = map.row(query);
        QVERIFY(std::abs(rowTop(*m_result, map, query, {}) - *std::ranges::max_element(row)) <= 1e-6f);
        DisplaySettings display;
        display.hideSpecialTokens = display.renormaliseHidden = true;
        float sum = 0, top = 0;
        for (std::size_t key = 1; key + 1 < row.size(); ++key) {
            sum += row[key];
            top = std::max(top, row[key]);
        }
        QVERIFY(std::abs(rowTop(*m_result, map, query, display) - top / sum) <= 1e-6f);
    }
}

void TestNavigation::cellNumbersByDefinition()
{
    const Inspected about = inspected(*m_result, at(1, 2, 3, 4), {});
    const auto numbers = cellNumbers(about, {});
    QVERIFY(numbers.has_value());
    const auto row = about.map.row(3);
    QCOMPARE(numbers->weight, row[4]);
    QCOMPARE(numbers->keys, 6);
    QCOMPARE(numbers->rank, 1 + int(std::ranges::count_if(row, [&](float w) { return w > row[4]; })));
    // softmax of the scores gives the weight back
    double sum = 0;
    for (int key = 0; key < 6; ++key)
        sum += std::exp(double(about.map.score(3, key)));
    QVERIFY(std::abs(std::exp(double(*numbers->score)) / sum - double(numbers->weight)) < 1e-6);
    QVERIFY(!numbers->renormalised);
    DisplaySettings display;
    display.hideSpecialTokens = display.renormaliseHidden = true;
    const float shown = row[1] + row[2] + row[3] + row[4];
    QVERIFY(std::abs(*cellNumbers(about, display)->renormalised - row[4] / shown) < 1e-6f);
    // Two rows are summed.
    Selection two = at(1, 2, 3, 4);
    two.queries = { 1, 3 };
    const auto summed = cellNumbers(inspected(*m_result, two, {}), {});
    QVERIFY(std::abs(summed->weight - (row[4] + about.map.row(1)[4])) < 1e-6f);
    QVERIFY(!summed->score);
    QVERIFY(!cellNumbers(inspected(*m_result, at(1, 2, 3, {}), {}), {}));
}

void TestNavigation::hoverGoesBeforeSelection()
{
    const Selection chosen = at(1, 2, 3, 4);
    const Inspected cell = inspected(*m_result, chosen, { {}, {}, 0, 5 });
    QVERIFY(cell.hovering);
    QCOMPARE(cell.queries, std::vector<int>{ 0 });
    QCOMPARE(cell.key, std::optional(5));
    const Inspected head = inspected(*m_result, chosen, { 0, 1, {}, {} });
    QCOMPARE(head.map.layer().site.layer, 0);
    QCOMPARE(head.map.heads().front(), 1);
    QCOMPARE(head.queries, std::vector<int>{ 3 });
    const Inspected gone = inspected(*m_result, chosen, { {}, {}, 60, 70 });
    QVERIFY(gone.queries.empty());
    QVERIFY(!gone.key);
    QVERIFY(!inspected(*m_result, chosen, {}).hovering);
}

void TestNavigation::topTokensAreSortedAndComplete()
{
    const Inspected about = inspected(*m_result, at(1, 2, 3, {}), {});
    const auto top = topTokens(about, TokenDirection::LooksAt, {}, 4);
    QCOMPARE(top.size(), std::size_t(4));
    const auto row = about.map.row(3);
    for (std::size_t i = 0; i < top.size(); ++i) {
        QCOMPARE(top[i].weight, row[std::size_t(top[i].token)]);
        QVERIFY(i == 0 || top[i].weight <= top[i - 1].weight);
    }
    QCOMPARE(top[0].weight, *std::ranges::max_element(row));
    DisplaySettings display;
    display.hideSpecialTokens = true;
    const auto lookers = topTokens(about, TokenDirection::LookedAtBy, display, 20);
    QCOMPARE(lookers.size(), std::size_t(4)); // without [CLS] and [SEP]
    const auto column = about.map.column(3);
    for (const TokenWeight& looker : lookers)
        QCOMPARE(looker.weight, column[std::size_t(looker.token)]);
    QVERIFY(topTokens(inspected(*m_result, at(1, 2, {}, {}), {}), TokenDirection::LooksAt, {}, 4).empty());
}

void TestNavigation::profileIsTheMeanOfTheHeads()
{
    const HeadProfile one = profileOf(mapOf(*m_result, at(1, 2, {}, {})));
    const AttentionMap map = mapOf(*m_result, at(1, 2, {}, {}));
    double entropy = 0, distance = 0, first = 0;
    for (std::int64_t i = 0; i < map.queries(); ++i) {
        const auto row = map.row(i);
        for (std::size_t j = 0; j < row.size(); ++j) {
            entropy -= double(row[j]) * std::log(double(row[j]));
            distance += double(row[j]) * std::abs(double(i) - double(j));
        }
        first += double(row[0]);
    }
    const double rows = double(map.queries());
    QVERIFY(std::abs(double(one.entropy) - entropy / rows) < 1e-4);
    QVERIFY(std::abs(double(one.distance) - distance / rows) < 1e-4);
    QVERIFY(std::abs(double(one.firstMass) - first / rows) < 1e-5);
    QVERIFY(std::abs(one.largest - map.at(one.largestQuery, one.largestKey)) < 1e-6f);
    QVERIFY(one.rowSumError < 1e-5f);
    Selection two = at(1, 2, {}, {});
    two.heads = { 2, 3 };
    const float other = profileOf(mapOf(*m_result, at(1, 3, {}, {}))).entropy;
    QVERIFY(std::abs(profileOf(mapOf(*m_result, two)).entropy - (one.entropy + other) / 2) < 1e-5f);
}

HEADLIGHT_TEST_MAIN(TestNavigation)
#include "tst_navigation.moc"
