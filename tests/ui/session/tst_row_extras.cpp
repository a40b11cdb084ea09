// What stands beside a row without being a weight: shares of sinks and chosen experts, by numbers given by
// hand.

#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "ui/session/row_extras.h"
#include "ui/views/heatmap_figure.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

/// Two heads of three tokens whose sinks take 0.25·(head + 1) of every row, two of five experts per token.
std::shared_ptr<AnalysisResult> resultWithExtras()
{
    std::vector<float> weights;
    for (int head = 0; head < 2; ++head)
        for (int query = 0; query < 3; ++query)
            for (int key = 0; key < 3; ++key)
                weights.push_back((1.0f - 0.25f * float(head + 1)) / 3.0f);
    const Tensor maps = Tensor::fromVector({ 2, 3, 3 }, weights);
    LayerAttention layer = test::givenLayer(0, maps);
    layer.sinks = true;
    layer.summaries.clear();
    for (int head = 0; head < 2; ++head) {
        HeadSummary summary(3, 3);
        for (int query = 0; query < 3; ++query) {
            summary.addRow(query, maps.row(head * 3 + query));
            summary.setSink(query, 0.25f * float(head + 1));
        }
        summary.finish();
        layer.summaries.push_back(std::move(summary));
    }
    auto trace = std::make_shared<Trace>();
    trace->addExperts({ layer.site, 5, 2, { 4, 0, 1, 3, 2, 4 }, { 0.75f, 0.25f, 0.5f, 0.5f, 0.9f, 0.1f } });
    trace->addLayer(std::move(layer));
    auto result = std::make_shared<AnalysisResult>();
    result->trace = trace;
    result->tokens = test::textTokens({ "one" });
    return result;
}

Scene sceneOf(std::vector<int> heads)
{
    Scene scene;
    scene.result = resultWithExtras();
    scene.selection.heads = std::move(heads);
    return scene;
}

} // namespace

class TestRowExtras : public test::TestCase {
    Q_OBJECT
private slots:
    void sharesOfOneHeadAndOfSeveral();
    void aSinkMakesARowWhole();
    void experts();
    void theHeatmapShowsThem();
    void nothingWhereThereIsNothing();
};

void TestRowExtras::sharesOfOneHeadAndOfSeveral()
{
    const auto layer = resultWithExtras()->trace->layers().front();
    QCOMPARE(sinkShare(AttentionMap(layer, 1), 2), std::optional(0.5f));
    QCOMPARE(sinkShare(AttentionMap(layer, { 0, 1 }, HeadJoin::Mean), 0), std::optional(0.375f));
    QCOMPARE(sinkShare(AttentionMap(layer, { 0, 1 }, HeadJoin::Max), 0), std::optional(0.5f));
    QCOMPARE(sinkShare(AttentionMap(layer, 0)), std::optional(0.25f));
    QCOMPARE(shareText(0.375f), QStringLiteral("38 %"));
    QCOMPARE(shareText(0.0213f), QStringLiteral("2.1 %"));
    QCOMPARE(shareText(0.00123f), QStringLiteral("0.12 %"));
}

void TestRowExtras::aSinkMakesARowWhole()
{
    QVERIFY(resultWithExtras()->trace->largestRowSumError() < 1e-6f);
}

void TestRowExtras::experts()
{
    const auto result = resultWithExtras();
    const auto choice = expertsOf(*result, *result->trace->layers().front());
    QVERIFY(choice != nullptr);
    QCOMPARE(expertsText(*choice, 0), QStringLiteral("4 (0.75), 0 (0.25)"));
    QCOMPARE(expertsText(*choice, 2), QStringLiteral("2 (0.90), 4 (0.10)"));
}

void TestRowExtras::theHeatmapShowsThem()
{
    const Scene scene = sceneOf({ 1 });
    const HeatmapContent content = heatmapContent(scene, ShownMap(scene));
    QCOMPARE(content.sinks, (std::vector{ 0.5f, 0.5f, 0.5f }));
    QCOMPARE(content.experts.numbers, (std::vector{ 4, 0, 1, 3, 2, 4 }));
    QVERIFY(captionOf(scene).contains(QStringLiteral("sink takes 50 %")));
    const auto table = HeatmapFigure().table(scene);
    QCOMPARE(table[0][4], QStringLiteral("sink"));
    QCOMPARE(table[1][4].toDouble(), 0.5);
    QCOMPARE(table[2][5], QStringLiteral("1 (0.50), 3 (0.50)"));
}

void TestRowExtras::nothingWhereThereIsNothing()
{
    const auto result = test::syntheticText({ 1, 2, 4 });
    const auto layer = result->trace->layers().front();
    QVERIFY(!sinkShare(AttentionMap(layer, 0), 0) && !sinkShare(AttentionMap(layer, 0)));
    QVERIFY(expertsOf(*result, *layer) == nullptr);
}

HEADLIGHT_TEST_MAIN(TestRowExtras)
#include "tst_row_extras.moc"
