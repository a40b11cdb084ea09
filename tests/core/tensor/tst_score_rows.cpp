// The passes over tiles of scores against their definitions in long double: rows of every length around the
// widths of vectors, peaked and level, masked and broken; and stored numbers of sixteen bits, all of them.

#include "core/tensor/expand.h"
#include "core/tensor/score_rows.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;
using kernels::ExponentialRow;
using kernels::Statistics;

class TestScoreRows : public test::TestCase {
    Q_OBJECT
private slots:
    void exponentials_data();
    void exponentials();
    void peakedRowsHaveNoEntropy();
    void maskedAndBrokenRows();
    void weightsComeBackFromScores();
    void keysGather_data();
    void keysGather();
    void hiddenAndCappedScores();
    void placesAreTheFirst();
    void sixteenBits();
};

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

bool close(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

} // namespace

void TestScoreRows::exponentials_data()
{
    QTest::addColumn<int>("count");
    QTest::addColumn<float>("spread");
    QTest::addColumn<bool>("masked");
    for (const int count : { 1, 2, 15, 16, 17, 64, 100, 1023, 1025, 4097, 16384 })
        for (const float spread : { 0.0f, 1.0f, 12.0f, 200.0f })
            for (const bool masked : { false, true })
                QTest::addRow("%d within %g%s", count, double(spread), masked ? ", some masked" : "")
                    << count << spread << masked;
}

void TestScoreRows::exponentials()
{
    QFETCH(int, count);
    QFETCH(float, spread);
    QFETCH(bool, masked);
    std::vector<float> scores = test::randomNumbers(std::size_t(count), 3, -spread, spread);
    for (std::size_t i = 1; masked && i < scores.size(); i += 3)
        scores[i] = -infinity;
    const std::int64_t firstPlace = -count / 3;
    const float top = *std::max_element(scores.begin(), scores.end());
    long double sum = 0, entropy = 0, distance = 0;
    for (const float score : scores)
        sum += std::exp(static_cast<long double>(score) - top);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const long double w = std::exp(static_cast<long double>(scores[i]) - top) / sum;
        entropy -= w > 0 ? w * std::log(w) : 0;
        distance += w * static_cast<long double>(std::abs(std::int64_t(i) + firstPlace));
    }
    std::vector<float> row = scores, plain = scores;
    const ExponentialRow got = kernels::exponentials(row.data(), count, Statistics::Yes, firstPlace);
    QCOMPARE(got.top, top);
    QCOMPARE(got.topPlace, std::int64_t(std::find(scores.begin(), scores.end(), top) - scores.begin()));
    QVERIFY(close(double(got.sum), double(sum), 2e-6));
    QVERIFY(close(double(got.logSumExp()), double(std::log(sum) + top), 1e-6));
    QVERIFY2(close(double(got.entropy()), double(entropy), 2e-6),
        qPrintable(QString("%1, not %2").arg(double(got.entropy())).arg(double(entropy))));
    QVERIFY(close(double(got.distance * got.factor()), double(distance), 4e-6));
    QCOMPARE(kernels::exponentials(plain.data(), count, Statistics::No).sum, got.sum);
    QCOMPARE(plain, row);
    QCOMPARE(row[std::size_t(got.topPlace)], 1.0f);
    for (std::size_t i = 0; i < row.size(); ++i)
        QVERIFY(scores[i] != -infinity || (row[i] == 0.0f && !std::signbit(row[i])));
}

void TestScoreRows::peakedRowsHaveNoEntropy()
{
    // One score above all others by d: entropy is log(1+(n−1)e^−d) + d·(n−1)e^−d/(1+(n−1)e^−d), to nothing
    // and to exactly 0.
    for (const double d : { 1.0, 10.0, 20.0, 50.0, 100.0, 1e4 })
        for (const std::size_t n : { 2, 100, 5000 }) {
            std::vector<float> row(n, 0.0f);
            row[n / 2] = float(d);
            const double rest = double(n - 1) * std::exp(-d),
                         entropy = std::log1p(rest) + d * rest / (1 + rest);
            const float got = kernels::exponentials(row.data(), std::int64_t(n), Statistics::Yes).entropy();
            QVERIFY2(got >= 0.0f && close(double(got), entropy, 1e-6),
                qPrintable(QString("%1, not %2").arg(double(got)).arg(entropy)));
            if (d > 90.0)
                QCOMPARE(got, 0.0f);
        }
}

void TestScoreRows::maskedAndBrokenRows()
{
    for (const std::size_t n : { 0, 1, 16, 40 }) {
        std::vector<float> row(n, -infinity);
        const ExponentialRow got = kernels::exponentials(row.data(), std::int64_t(n), Statistics::Yes);
        QCOMPARE(row, std::vector<float>(n, 0.0f));
        QVERIFY(got.sum == 0.0f && got.factor() == 0.0f && got.entropy() == 0.0f && got.distance == 0.0f
            && got.logSumExp() == -infinity);
    }
    for (const float bad : { std::numeric_limits<float>::quiet_NaN(), infinity })
        for (const float other : { 1.0f, -infinity })
            for (const std::size_t place : { 0, 7, 39 }) {
                std::vector<float> row(40, other);
                row[place] = bad;
                const ExponentialRow got = kernels::exponentials(row.data(), 40, Statistics::Yes);
                QVERIFY(std::isnan(got.sum) && std::isnan(got.factor()) && std::isnan(got.logSumExp()));
            }
}

void TestScoreRows::weightsComeBackFromScores()
{
    const std::vector<float> scores = test::randomNumbers(777, 4, -9.0f, 9.0f);
    std::vector<float> row = scores, again = scores;
    const ExponentialRow kept = kernels::exponentials(row.data(), 777, Statistics::No);
    kernels::weightsOfScores(again.data(), 777, kept.logSumExp());
    for (std::size_t i = 0; i < row.size(); ++i)
        QVERIFY(std::abs(double(again[i]) - double(row[i] * kept.factor())) < 1e-6);
    kernels::weightsOfScores(again.data(), 777, -infinity);
    QCOMPARE(again, std::vector<float>(777, 0.0f));
}

void TestScoreRows::keysGather_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    for (const int rows : { 0, 1, 3, 4, 5, 9 })
        for (const int columns : { 1, 16, 33, 2000 })
            QTest::addRow("%d x %d", rows, columns) << rows << columns;
}

void TestScoreRows::keysGather()
{
    QFETCH(int, rows);
    QFETCH(int, columns);
    const std::int64_t stride = columns + 3;
    const auto at = [&](std::int64_t i, std::int64_t j) { return std::size_t(i * stride + j); };
    const std::vector<float> numbers = test::randomNumbers(std::size_t(rows * stride + 1), 5, 0.0f, 1.0f);
    const std::vector<float> factors = test::randomNumbers(std::size_t(rows + 1), 6, 0.1f, 1.0f);
    std::vector<float> largest = test::randomNumbers(std::size_t(columns), 7, 0.0f, 1.0f), sum = largest,
                       rowSums(std::size_t(rows), -1.0f);
    const std::vector<float> before = largest;
    kernels::gatherKeys({ numbers.data(), stride, rows, columns, factors.data() }, largest.data(), sum.data(),
        rowSums.data());
    for (std::int64_t j = 0; j < columns; ++j) {
        float top = before[std::size_t(j)];
        double total = double(top);
        for (std::int64_t i = 0; i < rows; ++i) {
            top = std::max(top, numbers[at(i, j)] * factors[std::size_t(i)]);
            total += double(numbers[at(i, j)]) * double(factors[std::size_t(i)]);
        }
        QCOMPARE(largest[std::size_t(j)], top);
        QVERIFY(close(double(sum[std::size_t(j)]), total, 1e-6));
    }
    for (std::int64_t i = 0; i < rows; ++i) {
        double total = 0.0;
        for (std::int64_t j = 0; j < columns; ++j)
            total += double(numbers[at(i, j)]) * double(factors[std::size_t(i)]);
        QVERIFY(close(double(rowSums[std::size_t(i)]), total, 1e-6));
    }
}

void TestScoreRows::hiddenAndCappedScores()
{
    for (const std::size_t n : { 1, 15, 16, 50 }) {
        const std::vector<float> scores = test::randomNumbers(n, 8, -90.0f, 90.0f);
        std::vector<std::uint8_t> seen(n);
        for (std::size_t i = 0; i < n; ++i)
            seen[i] = i % 3 == 1 ? 0 : std::uint8_t(1 + 200 * (i % 2));
        std::vector<float> hidden = scores, capped = scores;
        kernels::hideScores(hidden.data(), seen.data(), std::int64_t(n));
        kernels::capScores(capped.data(), std::int64_t(n), 30.0f);
        for (std::size_t i = 0; i < n; ++i) {
            QCOMPARE(hidden[i], i % 3 == 1 ? -infinity : scores[i]);
            QVERIFY(std::abs(double(capped[i]) - 30.0 * std::tanh(double(scores[i]) / 30.0)) < 1e-5);
        }
    }
}

void TestScoreRows::placesAreTheFirst()
{
    std::vector<float> row(100, 0.0f);
    row[41] = row[77] = 2.0f;
    row[99] = 3.0f;
    QCOMPARE(kernels::placeOf(2.0f, row.data(), 100), std::int64_t(41));
    QCOMPARE(kernels::placeOf(3.0f, row.data(), 100), std::int64_t(99));
    QCOMPARE(kernels::placeOf(4.0f, row.data(), 100), std::int64_t(100));
    QCOMPARE(kernels::placeOf(0.0f, row.data(), 0), std::int64_t(0));
}

void TestScoreRows::sixteenBits()
{
    // Every pattern, beginning at an odd address; NaN keeps its mantissa.
    std::vector<std::byte> stored(2 * 65536 + 1);
    for (std::uint32_t bits = 0; bits < 65536; ++bits) {
        const auto pattern = std::uint16_t(bits);
        std::memcpy(stored.data() + 1 + 2 * bits, &pattern, 2);
    }
    std::vector<float> halves(65536), bfloats(65536);
    expandHalves(stored.data() + 1, 65536, halves.data());
    expandBfloats(stored.data() + 1, 65536, bfloats.data());
    for (std::uint32_t bits = 0; bits < 65536; ++bits) {
        QCOMPARE(std::bit_cast<std::uint32_t>(halves[bits]),
            std::bit_cast<std::uint32_t>(halfToFloat(std::uint16_t(bits))));
        QCOMPARE(std::bit_cast<std::uint32_t>(bfloats[bits]), bits << 16);
    }
    for (const std::int64_t few : { 0, 1, 5, 513 }) { // and no more than asked for
        std::vector<float> out(std::size_t(few + 1), -7.0f);
        expandHalves(stored.data() + 1 + 2 * 15360, few, out.data());
        QCOMPARE(out.back(), -7.0f);
        QVERIFY(few == 0 || out.front() == 1.0f); // 15360 is the pattern of 1
    }
}

HEADLIGHT_TEST_MAIN(TestScoreRows)
#include "tst_score_rows.moc"
