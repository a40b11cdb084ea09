// Pieces of words shown as one: numbers are added up by hand from the weights the test chose, rows sum to
// one, and what is chosen by clicks and keys is whole words in every view.

#include "tests/support/view_fixture.h"
#include "ui/session/inspection.h"
#include "ui/session/navigation.h"
#include "ui/session/normalisation.h"
#include "ui/session/sites.h"
#include "ui/views/distribution.h"
#include "ui/views/heatmap_figure.h"
#include "ui/views/links_content.h"
#include "ui/views/text_figure.h"
#include "ui/views/token_alignment.h"
#include "ui/widgets/heatmap_canvas.h"
#include "ui/widgets/inspector.h"

#include <QLabel>

#include <numeric>

using namespace headlight;
using namespace headlight::ui;

namespace {

/// [CLS] un ##believ ##ably good ##ness [SEP]: rows and columns 0, 1-3, 4-5, 6 when joined.
const std::vector<std::vector<int>> words{ { 0 }, { 1, 2, 3 }, { 4, 5 }, { 6 } };

/// Weight of token on token, head 0: (1 + 7q + k·k) mod 11 + 1, over the row's sum; head 1 mirrored.
float given(int head, int query, int key)
{
    const auto raw = [&](int k) { return float((1 + 7 * query + k * k) % 11 + 1); };
    float sum = 0;
    for (int k = 0; k < 7; ++k)
        sum += raw(k);
    return raw(head == 0 ? key : 6 - key) / sum;
}

std::shared_ptr<AnalysisResult> unbelievable()
{
    const Tensor weights = Tensor::make({ 2, 7, 7 }, [](std::span<float> out) {
        for (int i = 0; i < 2 * 49; ++i)
            out[std::size_t(i)] = given(i / 49, i / 7 % 7, i % 7);
    });
    return test::resultOf(test::textTokens({ "un", "##believ", "##ably", "good", "##ness" }), { weights });
}

/// By definition: keys summed, queries averaged; with hidden [CLS] and [SEP] rows are what is left of them.
float byHand(int head, int row, int column, bool renormalised)
{
    float mean = 0;
    for (const int query : words[std::size_t(row)]) {
        float sum = 0, left = 0;
        for (const int key : words[std::size_t(column)])
            sum += given(head, query, key);
        for (int key = 1; key < 6; ++key)
            left += given(head, query, key);
        mean += (renormalised ? sum / left : sum) / float(words[std::size_t(row)].size());
    }
    return mean;
}

} // namespace

class TestShownMap : public test::TestCase {
    Q_OBJECT
private slots:
    void keysAreSummedAndQueriesAveraged_data();
    void keysAreSummedAndQueriesAveraged();
    void blocksAndSamplesAgree();
    void anyPieceFindsItsWord();
    void crossAttentionJoinsEachAxis();
    void wordsOfTwoPreTokensStayApart();
    void longWordsAreReadInBands();
    void topsOfJoinedMaps();
    void columnsOfLargeMapsAreRenormalised_data();
    void columnsOfLargeMapsAreRenormalised();
    void aClickChoosesTheWord();
    void keysGoWordByWord();
    void theTextIsWords();
    void tokensBesideTheMapChooseWords();
    void theInspectorNamesTheWord();
    void theCaptionSaysHow();
    void linksJoinWords();
    void comparedInputsAreAlignedByWords();

private:
    static Scene sceneOf()
    {
        Scene scene;
        scene.result = unbelievable();
        scene.display.joinWords = true;
        return scene;
    }
};

void TestShownMap::keysAreSummedAndQueriesAveraged_data()
{
    QTest::addColumn<QString>("heads");
    QTest::addColumn<bool>("hide");
    QTest::addColumn<bool>("renormalise");
    for (const char* heads : { "first", "second", "mean" })
        for (const int special : { 0, 1, 2 })
            QTest::addRow("%s %d", heads, special) << heads << (special > 0) << (special > 1);
}

void TestShownMap::keysAreSummedAndQueriesAveraged()
{
    QFETCH(QString, heads);
    QFETCH(bool, hide);
    QFETCH(bool, renormalise);
    Scene scene = sceneOf();
    scene.display.hideSpecialTokens = hide;
    scene.display.renormaliseHidden = renormalise;
    scene.selection.heads = heads == "mean" ? std::vector{ 0, 1 } : std::vector{ heads == "first" ? 0 : 1 };
    const ShownMap map(scene);
    const int first = hide ? 1 : 0, count = hide ? 2 : 4;
    QCOMPARE(map.rows(), count);
    QCOMPARE(map.columns(), count);
    QVERIFY(map.joined());
    for (int row = 0; row < count; ++row) {
        float sum = 0;
        for (int column = 0; column < count; ++column) {
            float expected = byHand(scene.selection.heads.front(), row + first, column + first, renormalise);
            if (heads == "mean" && renormalise)
                continue; // a quotient of means, not a mean of quotients: its sum is what counts
            if (heads == "mean")
                expected = (expected + byHand(1, row + first, column + first, false)) / 2;
            QVERIFY(std::abs(map.at(row, column) - expected) < 1e-6f);
        }
        for (const float weight : map.row(row))
            sum += weight;
        QVERIFY(hide && !renormalise ? sum < 0.99f : std::abs(sum - 1) < 1e-6f);
    }
}

void TestShownMap::blocksAndSamplesAgree()
{
    Scene scene;
    scene.result = test::syntheticText({ 1, 2, 200 });
    scene.display.joinWords = scene.display.hideSpecialTokens = true;
    const ShownMap map(scene);
    QVERIFY(map.rows() < 198);
    const Tensor whole = map.block(map.whole());
    const Block some{ 40, 47, 90, 103 };
    const Tensor part = map.block(some);
    for (std::int64_t y = 0; y < some.rows(); ++y)
        for (std::int64_t x = 0; x < some.columns(); ++x) {
            const float weight = whole.at((some.firstRow + y) * map.columns() + some.firstColumn + x);
            QCOMPARE(part.at(y * some.columns() + x), weight);
            QCOMPARE(map.at(some.firstRow + y, some.firstColumn + x), weight);
            QCOMPARE(map.column(some.firstColumn + x)[std::size_t(some.firstRow + y)], weight);
        }
    const Tensor pooled = map.sample(map.whole(), 20, 20, Pooling::Max);
    QCOMPARE(largest(pooled), largest(whole));
}

void TestShownMap::anyPieceFindsItsWord()
{
    Scene scene = sceneOf();
    const ShownMap map(scene);
    for (int place = 0; place < 4; ++place)
        for (const int token : words[std::size_t(place)]) {
            QCOMPARE(map.rowOf(token), place);
            QCOMPARE(map.columnOf(token), place);
            QCOMPARE(map.queryOf(place), words[std::size_t(place)].front());
        }
    QCOMPARE(rowLabels(map), QStringList({ "[CLS]", "unbelievably", "goodness", "[SEP]" }));
    // Two pieces of one word are one row; its number is that of the row, not twice.
    scene.selection.queries = { 2, 3 };
    QCOMPARE(heatmapMarks(scene.selection, map).rows, std::vector{ 1 });
    const Distribution looked = distributionOf(scene, map);
    for (int column = 0; column < 4; ++column)
        for (const int key : words[std::size_t(column)])
            QVERIFY(std::abs(looked.weights[std::size_t(key)] - byHand(0, 1, column, false)) < 1e-6f);
    scene.display.direction = TokenDirection::LookedAtBy;
    const Distribution lookers = distributionOf(scene, map);
    for (int row = 0; row < 4; ++row)
        QVERIFY(
            std::abs(lookers.weights[std::size_t(words[std::size_t(row)].back())] - byHand(0, row, 1, false))
            < 1e-6f);
}

void TestShownMap::crossAttentionJoinsEachAxis()
{
    auto result = std::make_shared<AnalysisResult>();
    auto trace = std::make_shared<Trace>();
    trace->addLayer(test::givenLayer({ AttentionKind::Cross, 0 }, test::plausibleWeights({ 1, 1, 5, 7 }, 0)));
    result->trace = trace;
    result->tokens = test::textTokens({ "un", "##believ", "##ably", "good", "##ness" });
    result->decoderTokens = test::textTokens({ "in", "##croy", "##able" });
    Scene scene;
    scene.result = result;
    scene.selection.kind = AttentionKind::Cross;
    scene.display.joinWords = true;
    const ShownMap map(scene);
    QCOMPARE(rowLabels(map), QStringList({ "[CLS]", "incroyable", "[SEP]" }));
    QCOMPARE(columnLabels(map), QStringList({ "[CLS]", "unbelievably", "goodness", "[SEP]" }));
    float expected = 0;
    for (const int query : { 1, 2, 3 })
        for (const int key : { 1, 2, 3 })
            expected += map.map().at(query, key) / 3;
    QVERIFY(std::abs(map.at(1, 1) - expected) < 1e-6f);
    const auto row = map.row(1);
    QVERIFY(std::abs(std::accumulate(row.begin(), row.end(), 0.0f) - 1) < 1e-6f);
}

/// A mark says that a piece goes on ("didn" + "'t" without a space), the pre-tokenizer that it is another
/// word.
void TestShownMap::wordsOfTwoPreTokensStayApart()
{
    auto result = unbelievable();
    for (std::size_t i = 3; i < 6; ++i)
        ++result->tokens[i].word; // ##ably is a word of its own
    Scene scene = sceneOf();
    scene.result = result;
    QCOMPARE(rowLabels(ShownMap(scene)), QStringList({ "[CLS]", "unbeliev", "ably", "goodness", "[SEP]" }));
    // But a mark is no end of a word: न म स + virama + त + vowel sign, the virama cut into two tokens of
    // bytes.
    auto marks = test::resultOf(test::textTokens({ "नमस", "##x", "##y", "##त", "##े", "##." }),
        { test::plausibleWeights({ 1, 1, 8 }, 0) });
    marks->tokens[2].inWord = "्";
    marks->tokens[3].inWord = "";
    for (std::size_t i = 2; i < 7; ++i)
        marks->tokens[i].word = i == 3 ? 2 : int(i); // as a pattern of letters alone cuts them
    scene.result = marks;
    QCOMPARE(rowLabels(ShownMap(scene)), QStringList({ "[CLS]", "नमस्ते", ".", "[SEP]" }));
}

/// A text without spaces is one word: its map is read in bands, and its one row still sums to one.
void TestShownMap::longWordsAreReadInBands()
{
    std::vector<std::string> pieces{ "a" };
    pieces.resize(1998, "##a");
    auto result = test::resultOf(test::textTokens(pieces), { test::plausibleWeights({ 1, 1, 2000 }, 1) });
    Scene scene;
    scene.result = result;
    scene.display.joinWords = true;
    const ShownMap map(scene);
    QCOMPARE(map.rows(), 3);
    for (int row = 0; row < 3; ++row) {
        const auto weights = map.row(row);
        QVERIFY(std::abs(std::accumulate(weights.begin(), weights.end(), 0.0f) - 1) < 1e-4f);
    }
}

void TestShownMap::columnsOfLargeMapsAreRenormalised_data()
{
    QTest::addColumn<std::vector<int>>("heads");
    QTest::newRow("one head") << std::vector<int>{ 1 }; // nearly all of its rows goes to the hidden [SEP]
    QTest::newRow("the mean of two") << std::vector<int>{ 0, 1 };
}

void TestShownMap::columnsOfLargeMapsAreRenormalised()
{
    QFETCH(std::vector<int>, heads);
    constexpr int tokens = 602;
    const Tensor weights = test::plausibleWeights({ 1, 2, tokens }, 0);
    Scene scene;
    scene.result = test::resultOf(test::textTokens(std::vector<std::string>(tokens - 2, "word")), { weights });
    scene.display.hideSpecialTokens = scene.display.renormaliseHidden = true;
    scene.selection.heads = heads;
    scene.selection.join = HeadJoin::Mean;
    const ShownMap map(scene);
    QVERIFY(!map.prompt() && map.renormalised());
    const auto joined = [&](int query, int key) {
        double sum = 0;
        for (const int head : heads)
            sum += double(weights.at((head * tokens + query) * tokens + key)) / double(heads.size());
        return sum;
    };
    const std::vector<float> column = map.column(300); // token 301
    QCOMPARE(column.size(), std::size_t(600));
    for (int row = 0; row < 600; ++row) {
        double left = 0;
        for (int key = 1; key < tokens - 1; ++key)
            left += joined(row + 1, key);
        const double expected = joined(row + 1, 301) / left;
        QVERIFY2(std::abs(double(column[std::size_t(row)]) - expected) < 1e-4 * expected,
            qPrintable(QString("%1: %2 for %3").arg(row).arg(column[std::size_t(row)]).arg(expected)));
    }
    scene.options["threshold"] = 0.0;
    QCOMPARE(linksOf(scene, std::nullopt, 300, 100'000).size(), 600 * heads.size());
}

void TestShownMap::topsOfJoinedMaps()
{
    for (const bool renormalise : { false, true }) {
        Scene scene = sceneOf();
        scene.display.hideSpecialTokens = scene.display.renormaliseHidden = renormalise;
        scene.selection.heads = { 1 };
        const ShownMap map(scene);
        const float top = largest(map.block(map.whole()));
        QVERIFY(std::abs(topOf(*scene.result, map.map(), scene.display) - top) < 1e-6f);
    }
}

void TestShownMap::aClickChoosesTheWord()
{
    test::ViewFixture f("heatmap", unbelievable());
    f.display([](DisplaySettings& d) { d.joinWords = true; });
    auto* canvas = f.child<HeatmapCanvas>();
    QCOMPARE(canvas->cells().rows, 4);
    const auto centre = [&](int row, int column) {
        return canvas->cells().cellRect(row, column).center().toPoint();
    };
    QTest::mouseClick(canvas, Qt::LeftButton, {}, centre(1, 2));
    QCOMPARE(f.session.selection().queries, words[1]);
    QCOMPARE(f.session.selection().key, 4);
    QTest::mouseClick(canvas, Qt::LeftButton, Qt::ControlModifier, centre(2, 2));
    QCOMPARE(f.session.selection().queries, (std::vector{ 1, 2, 3, 4, 5 }));
    QTest::mouseClick(canvas, Qt::LeftButton, Qt::ControlModifier, centre(1, 2));
    QCOMPARE(f.session.selection().queries, words[2]);
}

void TestShownMap::keysGoWordByWord()
{
    test::ViewFixture f("heatmap", unbelievable());
    f.display([](DisplaySettings& d) { d.joinWords = true; });
    f.select([](Selection& s) {
        s.queries = { 0 };
        s.key = 0;
    });
    QTest::keyClick(f.view.get(), Qt::Key_Down);
    QCOMPARE(f.session.selection().queries, words[1]);
    QTest::keyClick(f.view.get(), Qt::Key_Down);
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QCOMPARE(f.session.selection().queries, words[2]);
    QCOMPARE(f.session.selection().key, 4);
    QTest::keyClick(f.view.get(), Qt::Key_Left);
    QCOMPARE(f.session.selection().key, 1);
    f.select([](Selection& s) { s.queries = { 2 }; }); // a piece chosen before words were joined
    QTest::keyClick(f.view.get(), Qt::Key_Up);
    QCOMPARE(f.session.selection().queries, words[0]);
}

void TestShownMap::theTextIsWords()
{
    test::ViewFixture f("text", unbelievable());
    f.display([](DisplaySettings& d) { d.joinWords = true; });
    const TextPicture picture(f.view->scene(), 800);
    QCOMPARE(picture.flow().count(), 4);
    QCOMPARE(picture.flow().text(1), QStringLiteral("unbelievably"));
    f.select([](Selection& s) { s.queries = { 0 }; });
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QCOMPARE(f.session.selection().queries, words[1]);
    QTest::keyClick(f.view.get(), Qt::Key_Right);
    QCOMPARE(f.session.selection().queries, words[2]);
}

void TestShownMap::tokensBesideTheMapChooseWords()
{
    const auto result = unbelievable();
    DisplaySettings display;
    display.joinWords = true;
    Selection start;
    Selection chosen = withToken(start, TokenGroup::Input, 2, Choose::Only, *result, display);
    QCOMPARE(chosen.queries, words[1]);
    chosen = withToken(chosen, TokenGroup::Input, 5, Choose::Toggle, *result, display);
    QCOMPARE(chosen.queries, (std::vector{ 1, 2, 3, 4, 5 }));
    chosen = withToken(chosen, TokenGroup::Input, 3, Choose::Toggle, *result, display);
    QCOMPARE(chosen.queries, words[2]);
}

void TestShownMap::theInspectorNamesTheWord()
{
    const auto result = unbelievable();
    DisplaySettings display;
    display.joinWords = true;
    Selection selection;
    selection.queries = { 1, 2, 3 };
    selection.key = 4;
    const Inspected about = inspected(*result, selection, {});
    const auto numbers = cellNumbers(about, display);
    QVERIFY(numbers && !numbers->score);
    QVERIFY(std::abs(numbers->weight - byHand(0, 1, 2, false)) < 1e-6f);
    QCOMPARE(numbers->keys, 4);
    display.hideSpecialTokens = display.renormaliseHidden = true;
    QVERIFY(std::abs(*cellNumbers(about, display)->renormalised - byHand(0, 1, 2, true)) < 1e-6f);
    const auto top = topTokens(about, TokenDirection::LooksAt, display, 9);
    QCOMPARE(top.size(), std::size_t(2));
    QVERIFY(top[0].text == "unbelievably" || top[0].text == "goodness");

    test::ViewFixture f("heatmap", result);
    f.display([](DisplaySettings& d) { d.joinWords = true; });
    f.select([&](Selection& s) { s = selection; });
    Inspector inspector(f.session);
    QStringList said;
    for (const QLabel* label : inspector.findChildren<QLabel*>())
        said << label->text();
    QVERIFY2(said.contains("unbelievably → goodness"), qPrintable(said.join('|')));
    QVERIFY2(said.contains(
                 "Words “goodness” (2 pieces), “unbelievably” (3 pieces): keys summed, queries averaged."),
        qPrintable(said.join('|')));
}

void TestShownMap::theCaptionSaysHow()
{
    Scene scene = sceneOf();
    QVERIFY(captionOf(scene).contains("keys summed, queries averaged"));
    QCOMPARE(queryTitle(scene), QStringLiteral("all tokens look at, on average"));
    scene.selection.queries = { 2 };
    QCOMPARE(queryTitle(scene), QStringLiteral("“unbelievably” looks at"));
    scene.result = test::resultOf(test::textTokens({ "a", "b" }), { test::plausibleWeights({ 1, 1, 4 }, 0) });
    QVERIFY(!captionOf(scene).contains("keys summed")); // there is nothing to join
}

void TestShownMap::linksJoinWords()
{
    Scene scene = sceneOf();
    scene.options.insert("threshold", 0.0);
    const auto rows = viewById("links")->figure().table(scene);
    QCOMPARE(rows.size(), std::size_t(1 + 16));
    for (const auto& row : rows)
        if (row[2] == "unbelievably" && row[4] == "goodness")
            QVERIFY(std::abs(row[5].toFloat() - byHand(0, 1, 2, false)) < 1e-6f);
}

/// "un ##believ ##ably" and "un ##believ ##able" are different words, though they begin alike.
void TestShownMap::comparedInputsAreAlignedByWords()
{
    const auto a = unbelievable();
    const auto b = test::resultOf(test::textTokens({ "un", "##believ", "##able", "good", "##ness" }),
        { test::plausibleWeights({ 1, 1, 7 }, 0) });
    DisplaySettings display;
    display.joinWords = true;
    const auto axisOf = [](const AnalysisResult& result) {
        return TokenAxis::queries(result, *result.trace->layers().front());
    };
    const TokenAxis left = axisOf(*a), right = axisOf(*b);
    const auto aligned =
        alignAxes(left, ShownTokens(left, display), right, ShownTokens(right, display), Vocabulary::Same);
    QCOMPARE(aligned.alignment.onlyA(), 1);
    QCOMPARE(aligned.alignment.onlyB(), 1);
    QCOMPARE(aligned.alignment.count(), 5); // [CLS], unbelievably, unbelievable, goodness, [SEP]
}

HEADLIGHT_TEST_MAIN(TestShownMap)
#include "tst_shown_map.moc"
