// Roles by weights that are chosen so that only one rule can fit, on short maps (exact) and long ones
// (bounds).

#include "core/metrics/head_roles.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestHeadRoles : public test::TestCase {
    Q_OBJECT
private slots:
    void aRuleFindsItsHead_data();
    void aRuleFindsItsHead();
    void placesMeanNothingInCrossAttention();
    void longMapsGiveLowerBounds();
    void theScoreIsTheMeanWeight();
    void brokenHeadsAreMixed();

private:
    /// `share` of each row on the keys that `aims`, the rest alike on all.
    static LayerAttention layerOf(
        int tokens, float share, const std::function<bool(int query, int key)>& aims)
    {
        return test::givenLayer(0, Tensor::make({ 1, tokens, tokens }, [&](std::span<float> out) {
            for (int query = 0; query < tokens; ++query) {
                int aimed = 0;
                for (int key = 0; key < tokens; ++key)
                    aimed += aims(query, key) ? 1 : 0;
                const float rest = aimed > 0 ? 1 - share : 1;
                for (int key = 0; key < tokens; ++key)
                    out[std::size_t(query * tokens + key)] =
                        rest / float(tokens) + (aims(query, key) ? share / float(aimed) : 0);
            }
        }));
    }
    /// a b a b ...: separators at 5 and the end.
    static RoleTokens tokensOf(int count)
    {
        RoleTokens tokens;
        tokens.separators.resize(std::size_t(count));
        tokens.separators[5] = tokens.separators.back() = true;
        for (int i = 0; i < count; ++i)
            tokens.same.push_back(i % 9);
        return tokens;
    }
};

Q_DECLARE_METATYPE(HeadRole)

void TestHeadRoles::aRuleFindsItsHead_data()
{
    QTest::addColumn<int>("role");
    QTest::addColumn<int>("tokens");
    for (const int tokens : { 20, 200 })
        for (const auto& [role, name] : { std::pair(HeadRole::Previous, "previous"),
                 { HeadRole::Next, "next" }, { HeadRole::Self, "self" }, { HeadRole::First, "first" },
                 { HeadRole::Separator, "separator" }, { HeadRole::Repeated, "repeated" },
                 { HeadRole::Local, "local" }, { HeadRole::Broad, "broad" } })
            if (tokens < 100 || role != HeadRole::Repeated) // of many repetitions none is before all
                QTest::addRow("%s, %d tokens", name, tokens) << int(role) << tokens;
}

void TestHeadRoles::aRuleFindsItsHead()
{
    QFETCH(int, role);
    QFETCH(int, tokens);
    const std::map<HeadRole, std::function<bool(int, int)>> aims{
        { HeadRole::Previous, [](int q, int k) { return k == q - 1; } },
        { HeadRole::Next, [](int q, int k) { return k == q + 1; } },
        { HeadRole::Self, [](int q, int k) { return k == q; } },
        { HeadRole::First, [](int, int k) { return k == 0; } },
        { HeadRole::Separator, [](int, int k) { return k == 5; } },
        { HeadRole::Repeated, [](int q, int k) { return q != k && q % 9 == k % 9; } },
        { HeadRole::Local, [](int q, int k) { return std::abs(q - k) <= 2; } },
        { HeadRole::Broad, [](int, int) { return false; } },
    };
    // All but a hundredth for the local head: a long map's bound goes down with the mean distance.
    const float share = HeadRole(role) == HeadRole::Local ? 1.0f : 0.8f;
    const LayerAttention layer = layerOf(tokens, share, aims.at(HeadRole(role)));
    const RoleScore found = roleOf(layer, 0, tokensOf(tokens));
    QCOMPARE(int(found.role), role);
    QVERIFY(found.score > 0.4f && found.score <= 1.0f);
}

void TestHeadRoles::placesMeanNothingInCrossAttention()
{
    RoleTokens tokens = tokensOf(20);
    tokens.crosses = true;
    const LayerAttention layer = layerOf(20, 0.9f, [](int q, int k) { return k == q - 1; });
    QCOMPARE(roleOf(layer, 0, tokens).role, HeadRole::Mixed);
    QCOMPARE(scoreOf(HeadRole::Local, layer, 0, tokens), 0.0f);
}

void TestHeadRoles::longMapsGiveLowerBounds()
{
    const auto aims = [](int q, int k) { return k == q - 1 || k == 0; };
    const LayerAttention layer = layerOf(200, 0.9f, aims);
    // Half of 0.9 on the token before, which ties with the first: it is the largest of its row in no row but
    // one.
    QVERIFY(scoreOf(HeadRole::Previous, layer, 0, tokensOf(200)) < 0.46f);
    QVERIFY(std::abs(scoreOf(HeadRole::First, layer, 0, tokensOf(200)) - 0.9f / 2)
        < 0.02f); // exact at any length
}

void TestHeadRoles::theScoreIsTheMeanWeight()
{
    const LayerAttention layer =
        test::givenLayer(0, Tensor::fromVector({ 1, 3, 3 }, { 1, 0, 0, 0.25f, 0.75f, 0, 0.5f, 0.4f, 0.1f }));
    RoleTokens tokens;
    QVERIFY(std::abs(scoreOf(HeadRole::Previous, layer, 0, tokens) - (0.25f + 0.4f) / 2) < 1e-6f);
    QVERIFY(std::abs(scoreOf(HeadRole::Self, layer, 0, tokens) - (1 + 0.75f + 0.1f) / 3) < 1e-6f);
    tokens.causal = true; // the first query has no choice
    QVERIFY(std::abs(scoreOf(HeadRole::First, layer, 0, tokens) - (0.25f + 0.5f) / 2) < 1e-6f);
    QCOMPARE(scoreOf(HeadRole::Next, layer, 0, tokens), 0.0f);
}

void TestHeadRoles::brokenHeadsAreMixed()
{
    const LayerAttention layer = test::givenLayer(0, Tensor::filled({ 1, 3, 3 }, std::nanf("")));
    QCOMPARE(roleOf(layer, 0, {}).role, HeadRole::Mixed);
    QCOMPARE(roleOf(layer, 0, {}).score, 0.0f);
}

HEADLIGHT_TEST_MAIN(TestHeadRoles)
#include "tst_head_roles.moc"
