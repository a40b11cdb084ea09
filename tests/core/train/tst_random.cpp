// Draws that belong to a place: permutations that are permutations, hashes against published values.

#include "core/train/random.h"
#include "tests/support/test_main.h"

#include <set>

using namespace headlight;

class TestRandom : public test::TestCase {
    Q_OBJECT
private slots:
    void aShuffleIsAPermutation_data();
    void aShuffleIsAPermutation();
    void everyRoundIsAnotherOrder();
    void uniformIsUniform();
    void theSequenceIsTheSameEverywhere();
};

void TestRandom::aShuffleIsAPermutation_data()
{
    QTest::addColumn<int>("count");
    for (const int count : { 1, 2, 3, 4, 5, 17, 64, 1000, 4097 })
        QTest::newRow(qPrintable(QString::number(count))) << count;
}

void TestRandom::aShuffleIsAPermutation()
{
    QFETCH(int, count);
    const Shuffle shuffle(count, 42);
    std::set<std::int64_t> seen;
    for (int i = 0; i < count; ++i) {
        const std::int64_t place = shuffle(i);
        QVERIFY(place >= 0 && place < count);
        QVERIFY(seen.insert(place).second);
    }
}

void TestRandom::everyRoundIsAnotherOrder()
{
    std::vector<std::int64_t> first, second;
    for (int i = 0; i < 100; ++i) {
        first.push_back(shuffledExample(i, 100, 7));
        second.push_back(shuffledExample(100 + i, 100, 7));
    }
    QVERIFY(first != second);
    std::sort(first.begin(), first.end());
    std::sort(second.begin(), second.end());
    QCOMPARE(first, second);
}

void TestRandom::uniformIsUniform()
{
    Random random(3);
    double mean = 0.0;
    std::array<int, 10> counts {};
    for (int i = 0; i < 10000; ++i) {
        mean += random.uniform() / 10000.0;
        ++counts[std::size_t(random.below(10))];
    }
    QVERIFY(std::fabs(mean - 0.5) < 0.015); // five standard deviations
    for (const int count : counts)
        QVERIFY(std::abs(count - 1000) < 150);
}

void TestRandom::theSequenceIsTheSameEverywhere()
{
    // C++ standard, [rand.predef]: the 10000th draw of a default mt19937_64 (seed 5489) is 9981545732273789042.
    Random random(5489);
    std::uint64_t last = 0;
    for (int i = 0; i < 10000; ++i)
        last = random.bits();
    QCOMPARE(last, 9981545732273789042ull);
}

HEADLIGHT_TEST_MAIN(TestRandom)
#include "tst_random.moc"
