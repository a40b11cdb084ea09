// The selection said in words, with weights chosen by hand.

#include "tests/support/synthetic_models.h"
#include "tests/support/test_main.h"
#include "ui/session/selection_words.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

/// Isolates are for the eye.
QString plain(QString text)
{
    return text.remove(QChar(0x2068)).remove(QChar(0x2069));
}

std::shared_ptr<AnalysisResult> threeTokens()
{
    // [CLS] it animal [SEP] would be four; two words and [CLS] alone are enough.
    auto tokens = test::textTokens({ "it", "animal" });
    tokens.resize(3);
    return test::resultOf(
        tokens, { Tensor::fromVector({ 1, 3, 3 }, { 1, 0, 0, 0.25f, 0.2f, 0.55f, 0, 0, 1 }) });
}

} // namespace

class TestSelectionWords : public test::TestCase {
    Q_OBJECT
private slots:
    void oneQuery()
    {
        const auto result = threeTokens();
        Selection selection;
        selection.queries = { 1 };
        QCOMPARE(plain(questionOf(*result, selection)), QStringLiteral("What does “it” look at?"));
        QCOMPARE(plain(answerOf(*result, selection, {})),
            QStringLiteral(
                "Layer 0, head 0 gives <b>0.55</b> of its attention to “animal”, <b>0.25</b> to “[CLS]”, "
                "<b>0.20</b> to “it”."));
    }
    void hiddenTokensAreNotNamed()
    {
        DisplaySettings display;
        display.hideSpecialTokens = true;
        Selection selection;
        selection.queries = { 1 };
        QVERIFY(!answerOf(*threeTokens(), selection, display).contains("CLS"));
    }
    void severalQueriesAreAveraged()
    {
        Selection selection;
        selection.queries = { 0, 1 };
        QVERIFY(plain(questionOf(*threeTokens(), selection)).contains("“[CLS]” and “it”"));
        QVERIFY(answerOf(*threeTokens(), selection, {}).contains("<b>0.62</b>") // (1 + 0.25) / 2
            || answerOf(*threeTokens(), selection, {}).contains("<b>0.63</b>"));
    }
    void aKeyAlone()
    {
        Selection selection;
        selection.kind = AttentionKind::Cross;
        selection.key = 2;
        QCOMPARE(plain(questionOf(*test::syntheticPair(), selection)), QStringLiteral("Who looks at “cat”?"));
    }
    void patchesAreNamedAsPlaces()
    {
        Selection selection;
        selection.queries = { 1 };
        QVERIFY(questionOf(*test::syntheticImage(1, 1, 3, 4), selection).contains("patch (0, 0)"));
    }
};

HEADLIGHT_TEST_MAIN(TestSelectionWords)
#include "tst_selection_words.moc"
