// Words found among tokens, on results made by hand.

#include "tests/support/synthetic_models.h"
#include "tests/support/test_main.h"
#include "ui/session/find_tokens.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

using Found = std::vector<FoundTokens>;
constexpr auto query = FoundTokens::Side::Query, key = FoundTokens::Side::Key;

Found find(const std::shared_ptr<AnalysisResult>& result, const QString& words,
    AttentionKind kind = AttentionKind::Encoder)
{
    Selection selection;
    selection.kind = kind;
    return findTokens(*result, selection, words);
}

} // namespace

class TestFindTokens : public test::TestCase {
    Q_OBJECT
private slots:
    void everyPlaceInOrder()
    {
        const auto result =
            test::syntheticText({ 1, 1, 10 }); // [CLS] the animal didn ' t cross the street [SEP]
        QCOMPARE(find(result, "the"), (Found{ { query, { 1 } }, { query, { 7 } } }));
        QCOMPARE(find(result, "THE"), find(result, "the"));
        QCOMPARE(find(result, "zebra"), Found());
        QCOMPARE(find(result, "  "), Found());
    }
    void wordsAcrossPieces()
    {
        const auto tokens = test::textTokens({ "an", "un", "##believ", "##ably", "cat" });
        const auto result = test::resultOf(tokens, { test::plausibleWeights({ 1, 1, 7 }, 0) });
        QCOMPARE(find(result, "unbelievably"), (Found{ { query, { 2, 3, 4 } } }));
        QCOMPARE(find(result, "an un"), (Found{ { query, { 1, 2 } } }));
        QCOMPARE(find(result, "ably cat"), (Found{ { query, { 4, 5 } } }));
    }
    void marksDoNotCount()
    {
        const auto result = test::resultOf(
            test::textTokens({ "Größe", "e\u0301te\u0301" }), { test::plausibleWeights({ 1, 1, 4 }, 0) });
        QCOMPARE(find(result, "grosse").size(), std::size_t(1));
        QCOMPARE(find(result, "ete"), (Found{ { query, { 2 } } }));
    }
    void bothSidesOfCrossAttention()
    {
        const auto pair =
            test::syntheticPair(); // reads "the cat is very tired", writes "<s> le chat est las"
        QCOMPARE(find(pair, "chat", AttentionKind::Cross), (Found{ { query, { 2 } } }));
        QCOMPARE(find(pair, "tired", AttentionKind::Cross), (Found{ { key, { 5 } } }));
    }
};

HEADLIGHT_TEST_MAIN(TestFindTokens)
#include "tst_find_tokens.moc"
