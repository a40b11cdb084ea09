// What the model wrote, cut back to its first tokens: held against hand-made results and the rule that a
// causal row does not change when later tokens are taken away.

#include "tests/support/synthetic_models.h"
#include "tests/support/test_main.h"
#include "ui/session/sites.h"
#include "ui/session/written.h"

using namespace headlight;
using namespace headlight::ui;

class TestWritten : public test::TestCase {
    Q_OBJECT
private slots:
    void nothingWasWritten() { QVERIFY(!writtenIn(*test::syntheticText({ 1, 1, 5 }))); }
    void aPairsDecoderWrites()
    {
        const auto result = test::syntheticPair();
        const auto written = writtenIn(*result);
        QVERIFY(written);
        QCOMPARE(int(written->group), int(TokenGroup::Decoder));
        QCOMPARE(written->first, 2);
        QCOMPARE(written->count, 3);
        QCOMPARE(writtenLabel(*result, 0), QStringLiteral("chat"));
        QCOMPARE(writtenLabel(*result, 3), QString());
    }
    void whatIsBeyondIsHidden()
    {
        const auto result = test::syntheticPair();
        const auto written = *writtenIn(*result);
        const auto cross = result->trace->layer({ AttentionKind::Cross, 0 });
        const TokenAxis rows = TokenAxis::queries(*result, *cross),
                        columns = TokenAxis::keys(*result, *cross);
        const DisplaySettings one = whenWritten(DisplaySettings{}, 1, written);
        QVERIFY(one.hidesTokens());
        for (int token = 0; token < rows.count(); ++token)
            QCOMPARE(rows.hidden(token, one), token >= 3);
        for (int token = 0; token < columns.count(); ++token)
            QVERIFY(!columns.hidden(token, one)); // what was read stays
        QVERIFY(!whenWritten(one, 3, written).written);
        QCOMPARE(*whenWritten(one, -4, written).written, 0);
    }
    /// The token after "chat" was chosen by the row of "chat".
    void theRowThatWroteIsChosen()
    {
        const auto result = test::syntheticPair();
        Selection selection = firstSelection(*result, SiteGroup{ AttentionKind::Decoder });
        selection.key = 1;
        const Selection second = whenWritten(selection, 2, *result);
        QCOMPARE(second.queries, std::vector<int>{ 2 });
        QVERIFY(!second.key);
        QCOMPARE(whenWritten(selection, 1, *result).queries, std::vector<int>{ 1 });
        QCOMPARE(whenWritten(selection, 0, *result), selection);
    }
};

HEADLIGHT_TEST_MAIN(TestWritten)
#include "tst_written.moc"
