// Which tokens of two inputs are the same: alignments written by hand, and the length of the longest common
// subsequence against trying all of them.

#include "tests/support/synthetic_models.h"
#include "tests/support/test_main.h"
#include "ui/session/sites.h"
#include "ui/views/token_alignment.h"

using namespace headlight;
using namespace headlight::ui;

namespace {

/// "un ##believ" as a WordPiece tokenizer gives them; [X] and <x> are special.
std::vector<TokenInfo> tokens(const QString& text)
{
    std::vector<TokenInfo> list;
    int word = -1;
    for (const QString& piece : text.split(' ', Qt::SkipEmptyParts)) {
        TokenInfo token;
        token.piece = piece.toStdString();
        token.continuation = piece.startsWith("##");
        token.label = (token.continuation ? piece.mid(2) : piece).toStdString();
        token.special = piece.startsWith('[') || piece.startsWith('<');
        token.sequence = token.special ? -1 : 0;
        word += !token.special && !token.continuation;
        token.word = token.special ? -1 : word;
        list.push_back(token);
    }
    return list;
}

/// "0-0 1- -1 2,3-2": one unit after the other, A before the dash.
QString written(const TokenAlignment& alignment)
{
    const auto join = [](const std::vector<int>& places) {
        QStringList text;
        for (int place : places)
            text << QString::number(place);
        return text.join(',');
    };
    QStringList units;
    for (const AlignedTokens& unit : alignment.units)
        units << join(unit.a) + '-' + join(unit.b);
    return units.join(' ');
}

/// By trying every subset of `a`: the longest that is a subsequence of `b`.
int longestByTrying(const std::vector<TokenInfo>& a, const std::vector<TokenInfo>& b)
{
    int longest = 0;
    for (unsigned subset = 0; subset < (1u << a.size()); ++subset) {
        std::size_t at = 0;
        bool found = true;
        for (std::size_t i = 0; i < a.size() && found; ++i) {
            if (!(subset >> i & 1u))
                continue;
            while (at < b.size() && b[at].label != a[i].label)
                ++at;
            found = at++ < b.size();
        }
        if (found)
            longest = std::max(longest, std::popcount(subset));
    }
    return longest;
}

} // namespace

class TestTokenAlignment : public test::TestCase {
    Q_OBJECT
private slots:
    void aligns_data();
    void aligns();
    void countsGapsAndJoins();
    void isTheLongest();
    void longTextsKeepTheirOrder();
    void crossAttentionAlignsEachAxis();
    void picturesNeedTheSameGrid();
    void differentThingsAreNotAligned();
};

void TestTokenAlignment::aligns_data()
{
    QTest::addColumn<QString>("a");
    QTest::addColumn<QString>("b");
    QTest::addColumn<bool>("same");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* a, const char* b, bool same, const char* expected) {
        QTest::newRow(name) << a << b << same << expected;
    };
    row("equal", "the cat sat", "the cat sat", true, "0-0 1-1 2-2");
    row("insertion", "the cat sat", "the black cat sat", true, "0-0 -1 1-2 2-3");
    row("insertion at the end", "the cat", "the cat sat", true, "0-0 1-1 -2");
    row("deletion", "the black cat sat", "the cat sat", true, "0-0 1- 2-1 3-2");
    row("replacement", "it was tired .", "it was wide .", true, "0-0 1-1 2- -2 3-3");
    row("several replaced", "a b c z", "a x y z", true, "0-0 1- 2- -1 -2 3-3");
    row("repeated word", "the cat and the dog", "the dog", true, "0-0 1- 2- 3- 4-1");
    row("repeated word, moved", "no no yes", "no yes no", true, "0-0 1- 2-1 -2");
    row("nothing in common", "a b", "c d e", true, "0- 1- -0 -1 -2");
    row("pieces", "un ##believ ##able", "un ##believ ##ably", true, "0-0 1-1 2- -2");
    row("a piece is no word", "un able", "un ##able", true, "0-0 1- -1");
    row("special", "[CLS] a [SEP]", "[CLS] b [SEP]", true, "0-0 1- -1 2-2");
    row("case counts", "The cat", "the cat", true, "0- -0 1-1");
    row("empty", "", "", true, "");
    row("empty A", "", "a b", true, "-0 -1");
    row("empty B", "a b", "", true, "0- 1-");
    row("two empty, different", "", "", false, "");
    row("pieces of one word", "un ##believ ##ably good", "unbelievably good", false, "0,1,2-0 3-1");
    row("cut where both cut", "un ##believably", "un ##believ ##ably", false, "0-0 1-1,2");
    row("words cut differently", "he didn ' t go", "he didn 't go", false, "0-0 1-1 2,3-2 4-3");
    row("words cut differently beside a new one", "he didn ' t go home", "he didn 't run home", false,
        "0-0 1-1 2,3-2 4- -3 5-4");
    row("a blank of its own", "\u2423 ##A tru ##ly film", "a truly film", false, "0,1-0 2,3-1 4-2");
    row("pieces of different words stay apart", "un ##do", "do", false, "0- 1- -0");
    row("case and accents", "The Caf\u00e9", "the cafe", false, "0-0 1-1");
    row("names of specials", "[CLS] hi [SEP]", "<s> hi </s>", false, "0-0 1-1 2-2");
    row("other names stay apart", "[CLS] hi [SEP]", "hi <|endoftext|>", false, "0- 1-0 2-1");
    row("other word", "un ##believ ##able story", "odd story", false, "0- 1- 2- -0 3-1");
}

void TestTokenAlignment::aligns()
{
    QFETCH(QString, a);
    QFETCH(QString, b);
    QFETCH(bool, same);
    QFETCH(QString, expected);
    const auto vocabulary = same ? Vocabulary::Same : Vocabulary::Different;
    QCOMPARE(written(TokenAlignment::of(tokens(a), tokens(b), vocabulary)), expected);
}

void TestTokenAlignment::countsGapsAndJoins()
{
    const auto gaps = TokenAlignment::of(tokens("a b c z"), tokens("a x z"), Vocabulary::Same);
    QCOMPARE(gaps.onlyA(), 2);
    QCOMPARE(gaps.onlyB(), 1);
    QVERIFY(!gaps.oneToOne());
    QCOMPARE(gaps.unitOfA(3), std::optional(4));
    QVERIFY(!gaps.unitOfA(4));
    const auto joined = TokenAlignment::of(tokens("un ##able a"), tokens("unable a"), Vocabulary::Different);
    QCOMPARE(joined.joined(), 1);
    QCOMPARE(joined.unitOfA(1), std::optional(0));
    QVERIFY(!joined.oneToOne());
    QVERIFY(TokenAlignment::identity(3).oneToOne());
    QCOMPARE(TokenAlignment::identity(3).count(), 3);
}

void TestTokenAlignment::isTheLongest()
{
    std::mt19937 random(7);
    for (int trial = 0; trial < 300; ++trial) {
        const auto make = [&random] {
            QStringList words;
            for (unsigned n = random() % 9; n > 0; --n)
                words << QString(QChar('a' + int(random() % 4)));
            return tokens(words.join(' '));
        };
        const auto a = make(), b = make();
        const TokenAlignment alignment = TokenAlignment::of(a, b, Vocabulary::Same);
        int matched = 0, nextA = 0, nextB = 0;
        for (const AlignedTokens& unit : alignment.units) {
            for (int place : unit.a)
                QCOMPARE(place, nextA++);
            for (int place : unit.b)
                QCOMPARE(place, nextB++);
            if (!unit.both())
                continue;
            ++matched;
            QCOMPARE(a[std::size_t(unit.a[0])].label, b[std::size_t(unit.b[0])].label);
        }
        QCOMPARE(nextA, int(a.size()));
        QCOMPARE(nextB, int(b.size()));
        QCOMPARE(matched, longestByTrying(a, b));
    }
}

void TestTokenAlignment::longTextsKeepTheirOrder()
{
    QStringList words;
    for (int i = 0; i < 4000; ++i)
        words << QStringLiteral("w%1").arg(i);
    QStringList without = words;
    without.removeAt(3000);
    without.removeAt(10);
    const auto alignment =
        TokenAlignment::of(tokens(words.join(' ')), tokens(without.join(' ')), Vocabulary::Same);
    QCOMPARE(alignment.onlyA(), 2);
    QCOMPARE(alignment.onlyB(), 0);
    QVERIFY(alignment.units[10].b.empty() && alignment.units[3000].b.empty());
    QCOMPARE(alignment.units[3999].b, std::vector{ 3997 });
}

void TestTokenAlignment::crossAttentionAlignsEachAxis()
{
    const auto a = test::syntheticPair();
    const auto b = test::syntheticPair();
    b->tokens = test::textTokens({ "the", "dog", "is", "very", "tired" });
    b->decoderTokens = test::plainTokens({ "<s>", "le", "chien", "est", "las" });
    const AttentionSite cross{ AttentionKind::Cross, 0 };
    const auto layerA = a->trace->layer(cross), layerB = b->trace->layer(cross);
    const std::vector<int> rows{ 0, 1, 2, 3, 4 }, columns{ 0, 1, 2, 3, 4, 5, 6 };
    const AxisAlignment queries = alignAxes(
        TokenAxis::queries(*a, *layerA), rows, TokenAxis::queries(*b, *layerB), rows, Vocabulary::Same);
    const AxisAlignment keys = alignAxes(
        TokenAxis::keys(*a, *layerA), columns, TokenAxis::keys(*b, *layerB), columns, Vocabulary::Same);
    QVERIFY(queries.reason.isEmpty() && keys.reason.isEmpty());
    QCOMPARE(written(queries.alignment), "0-0 1-1 2- -2 3-3 4-4");
    QCOMPARE(written(keys.alignment), "0-0 1-1 2- -2 3-3 4-4 5-5 6-6");
}

void TestTokenAlignment::picturesNeedTheSameGrid()
{
    const auto axisOf = [](const AnalysisResult& result) {
        return TokenAxis::queries(result, *result.trace->layers().front());
    };
    const auto all = [](int count) {
        std::vector<int> places(static_cast<std::size_t>(count));
        std::iota(places.begin(), places.end(), 0);
        return places;
    };
    const auto a = test::syntheticImage(1, 1, 4, 5), b = test::syntheticImage(1, 1, 4, 5),
               c = test::syntheticImage(1, 1, 5, 4);
    const AxisAlignment same = alignAxes(axisOf(*a), all(21), axisOf(*b), all(21), Vocabulary::Same);
    QVERIFY(same.reason.isEmpty());
    QCOMPARE(same.alignment.count(), 21);
    const AxisAlignment other = alignAxes(axisOf(*a), all(21), axisOf(*c), all(21), Vocabulary::Same);
    QVERIFY2(other.reason.contains("4 × 5") && other.reason.contains("5 × 4"), qPrintable(other.reason));
    QCOMPARE(other.alignment.count(), 0);
}

void TestTokenAlignment::differentThingsAreNotAligned()
{
    const auto picture = test::syntheticImage(1, 1, 2, 2);
    const auto text = test::syntheticText({ 1, 1, 5 });
    const std::vector<int> places{ 0, 1, 2, 3, 4 };
    const AxisAlignment aligned = alignAxes(TokenAxis::queries(*picture, *picture->trace->layers().front()),
        places, TokenAxis::queries(*text, *text->trace->layers().front()), places, Vocabulary::Same);
    QVERIFY(aligned.reason.endsWith('.') && aligned.alignment.units.empty());
}

HEADLIGHT_TEST_MAIN(TestTokenAlignment)
#include "tst_token_alignment.moc"
