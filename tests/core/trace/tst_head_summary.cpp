// What is kept of a head: entropies against the theorems of information theory, thumbnails and all else against the
// whole matrix, in double.

#include "core/tensor/kernels.h"
#include "core/trace/head_summary.h"
#include "tests/support/random_numbers.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestHeadSummary : public test::TestCase {
    Q_OBJECT
private slots:
    void bucketsCutEverythingOnce_data();
    void bucketsCutEverythingOnce();
    void uniformRowsHaveTheLargestEntropy_data();
    void uniformRowsHaveTheLargestEntropy();
    void oneHotRowsHaveNone();
    void statisticsOfAnyMatrix_data();
    void statisticsOfAnyMatrix();
    void rowsComeInAnyOrder();
    void thumbnails_data() { statisticsOfAnyMatrix_data(); }
    void thumbnails();
    void maskedRowsDoNotCount();
    void brokenRowsAreNotHidden();
};

namespace {

/// Random rows that sum to one, some cells masked.
Tensor attention(std::int64_t queries, std::int64_t keys)
{
    Tensor scores = test::randomTensor({ queries, keys }, std::uint32_t(queries * 1000 + keys), -4.0f, 4.0f);
    return Tensor::make({ queries, keys }, [&](std::span<float> out) {
        std::ranges::copy(scores.floats(), out.begin());
        for (std::int64_t i = 0; i < queries; ++i) {
            float* row = out.data() + i * keys;
            for (std::int64_t j = 1; j < keys; j += 5)
                row[j] = -std::numeric_limits<float>::infinity();
            kernels::softmaxRow(row, keys);
        }
    });
}

HeadSummary summaryOf(const Tensor& weights)
{
    HeadSummary summary(weights.shape()[0], weights.shape()[1]);
    for (std::int64_t i = 0; i < weights.shape()[0]; ++i)
        summary.addRow(i, weights.row(i));
    summary.finish();
    return summary;
}

bool close(double a, double b, double tolerance = 2e-6)
{
    return std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

} // namespace

void TestHeadSummary::bucketsCutEverythingOnce_data()
{
    QTest::addColumn<qint64>("buckets");
    QTest::addColumn<qint64>("count");
    for (const qint64 buckets : { 1, 2, 3, 7, 63, 64 })
        for (const qint64 count : { 64, 65, 100, 127, 128, 129, 130, 1000 })
            QTest::addRow("%lld of %lld", buckets, count) << buckets << count;
}

void TestHeadSummary::bucketsCutEverythingOnce()
{
    QFETCH(qint64, buckets);
    QFETCH(qint64, count);
    QCOMPARE(bucketBegin(0, buckets, count), std::int64_t(0));
    QCOMPARE(bucketBegin(buckets, buckets, count), std::int64_t(count));
    for (qint64 i = 0; i < buckets; ++i) {
        const std::int64_t size = bucketBegin(i + 1, buckets, count) - bucketBegin(i, buckets, count);
        QVERIFY(size == count / buckets || size == count / buckets + (count % buckets != 0 ? 1 : 0)); // evenly
    }
}

void TestHeadSummary::uniformRowsHaveTheLargestEntropy_data()
{
    QTest::addColumn<int>("keys");
    for (const int keys : { 1, 2, 10, 64, 1000, 8000 })
        QTest::addRow("%d keys", keys) << keys;
}

void TestHeadSummary::uniformRowsHaveTheLargestEntropy()
{
    QFETCH(int, keys);
    const HeadSummary summary = summaryOf(Tensor::filled({ 3, keys }, 1.0f / float(keys)));
    for (const RowStatistics& row : summary.rows()) {
        QVERIFY(close(double(row.entropy), std::log(double(keys)), 4e-6)); // Shannon 1948, theorem 2.1
        QCOMPARE(row.largest, 1.0f / float(keys));
        QCOMPARE(row.firstMass, 1.0f / float(keys));
    }
    QVERIFY(close(double(summary.statistics().entropy), std::log(double(keys)), 4e-6));
    QVERIFY(summary.statistics().rowSumError < 1e-5f);
}

void TestHeadSummary::oneHotRowsHaveNone()
{
    constexpr std::int64_t size = 9;
    const Tensor weights = Tensor::make({ size, size }, [](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        for (std::int64_t i = 0; i < size; ++i)
            out[std::size_t(i * size + (i + 2) % size)] = 1.0f; // two to the right, around the end
    });
    const HeadSummary summary = summaryOf(weights);
    for (std::int64_t i = 0; i < size; ++i) {
        const RowStatistics& row = summary.rows()[std::size_t(i)];
        QCOMPARE(row.entropy, 0.0f);
        QCOMPARE(row.distance, float(i < size - 2 ? 2 : size - 2));
        QCOMPARE(row.largest, 1.0f);
        QCOMPARE(int(row.largestKey), int((i + 2) % size));
        QCOMPARE(row.firstMass, i == size - 2 ? 1.0f : 0.0f);
        QCOMPARE(row.sum, 1.0f);
    }
    QCOMPARE(summary.statistics().entropy, 0.0f);
    QVERIFY(close(double(summary.statistics().firstMass), 1.0 / 9));
    QVERIFY(close(double(summary.statistics().distance), (7 * 2 + 2 * 7) / 9.0));
}

void TestHeadSummary::statisticsOfAnyMatrix_data()
{
    QTest::addColumn<int>("queries");
    QTest::addColumn<int>("keys");
    for (const auto& [queries, keys] : std::vector<std::pair<int, int>> {
             { 1, 1 }, { 1, 7 }, { 7, 1 }, { 12, 12 }, { 63, 63 }, { 64, 64 }, { 65, 65 }, { 127, 128 }, { 130, 130 }, { 64, 130 }, { 197, 50 }, { 300, 65 } })
        QTest::addRow("%d x %d", queries, keys) << queries << keys;
}

void TestHeadSummary::statisticsOfAnyMatrix()
{
    QFETCH(int, queries);
    QFETCH(int, keys);
    const Tensor weights = attention(queries, keys);
    const HeadSummary summary = summaryOf(weights);
    double entropySum = 0.0, distanceSum = 0.0, largestSum = 0.0, firstSum = 0.0, top = 0.0;
    for (std::int64_t i = 0; i < queries; ++i) {
        const std::span<const float> row = weights.row(i);
        double entropy = 0.0, distance = 0.0, largest = 0.0;
        for (std::int64_t j = 0; j < keys; ++j) {
            const double w = double(row[std::size_t(j)]);
            entropy -= w > 0.0 ? w * std::log(w) : 0.0;
            distance += w * double(std::abs(i - j));
            largest = std::max(largest, w);
        }
        const RowStatistics& got = summary.rows()[std::size_t(i)];
        QVERIFY(close(double(got.entropy), entropy) && close(double(got.distance), distance));
        QVERIFY(double(got.largest) == largest && row[std::size_t(got.largestKey)] == got.largest);
        QVERIFY(close(double(got.sum), 1.0) && got.firstMass == row[0]);
        entropySum += entropy / queries, distanceSum += distance / queries, largestSum += largest / queries;
        firstSum += double(row[0]) / queries, top = std::max(top, largest);
    }
    const HeadStatistics& s = summary.statistics();
    QVERIFY(close(double(s.entropy), entropySum, 1e-5) && close(double(s.distance), distanceSum, 1e-5));
    QVERIFY(close(double(s.largest), largestSum, 1e-5) && close(double(s.firstMass), firstSum, 1e-5));
    QCOMPARE(double(weights.row(s.largestQuery)[std::size_t(s.largestKey)]), top);
}

void TestHeadSummary::rowsComeInAnyOrder()
{
    const Tensor weights = attention(100, 90);
    const HeadSummary forward = summaryOf(weights);
    HeadSummary other(100, 90);
    for (std::int64_t i = 0; i < 100; ++i)
        other.addRow(i * 37 % 100, weights.row(i * 37 % 100));
    other.finish();
    QVERIFY(std::ranges::equal(other.thumbnailMax().floats(), forward.thumbnailMax().floats()));
    QCOMPARE(other.statistics().entropy, forward.statistics().entropy);
    for (std::int64_t i = 0; i < forward.thumbnailMean().count(); ++i) // sums in another order
        QVERIFY(close(double(other.thumbnailMean().at(i)), double(forward.thumbnailMean().at(i)), 1e-6));
}

void TestHeadSummary::thumbnails()
{
    QFETCH(int, queries);
    QFETCH(int, keys);
    const Tensor weights = attention(queries, keys);
    const HeadSummary summary = summaryOf(weights);
    const std::int64_t height = std::min(queries, 64), width = std::min(keys, 64);
    std::vector<double> largest(std::size_t(height * width)), sum = largest, count = largest;
    for (std::int64_t i = 0; i < queries; ++i)
        for (std::int64_t j = 0; j < keys; ++j) { // which pixel a cell falls into, from its side
            const auto pixel = std::size_t(i * height / queries * width + j * width / keys);
            const double w = double(weights.at(i * keys + j));
            largest[pixel] = std::max(largest[pixel], w), sum[pixel] += w, count[pixel] += 1.0;
        }
    QVERIFY((summary.thumbnailMax().shape() == Shape { height, width }));
    QVERIFY((summary.thumbnailMean().shape() == Shape { height, width }));
    for (std::size_t pixel = 0; pixel < largest.size(); ++pixel) {
        QVERIFY(count[pixel] > 0.0);
        QCOMPARE(double(summary.thumbnailMax().at(std::int64_t(pixel))), largest[pixel]);
        QVERIFY(close(double(summary.thumbnailMean().at(std::int64_t(pixel))), sum[pixel] / count[pixel], 1e-6));
    }
}

void TestHeadSummary::maskedRowsDoNotCount()
{
    HeadSummary summary(3, 4);
    const std::vector<float> uniform(4, 0.25f), nothing(4, 0.0f);
    summary.addRow(0, uniform);
    summary.addRow(1, nothing);
    summary.addRow(2, uniform);
    summary.finish();
    QVERIFY(close(double(summary.statistics().entropy), std::log(4.0)));
    QCOMPARE(summary.statistics().largest, 0.25f);
    QCOMPARE(summary.statistics().rowSumError, 0.0f);
    QCOMPARE(summary.rows()[1].sum, 0.0f);
    QCOMPARE(summary.rows()[1].entropy, 0.0f);

    HeadSummary empty(2, 4);
    empty.addRow(0, nothing);
    empty.addRow(1, nothing);
    empty.finish();
    QCOMPARE(empty.statistics().entropy, 0.0f);
    QCOMPARE(empty.statistics().rowSumError, 0.0f);
}

void TestHeadSummary::brokenRowsAreNotHidden()
{
    HeadSummary summary(3, 3);
    const std::vector<float> fine { 0.5f, 0.5f, 0.0f }, broken(3, std::numeric_limits<float>::quiet_NaN()), off { 0.5f, 0.2f, 0.0f };
    summary.addRow(0, fine);
    summary.addRow(1, broken);
    summary.addRow(2, fine);
    summary.finish();
    QVERIFY(std::isnan(summary.statistics().rowSumError));
    QVERIFY(std::isnan(summary.thumbnailMax().at(0)) && summary.thumbnailMean().count() == 9);

    HeadSummary wrong(2, 3);
    wrong.addRow(0, fine);
    wrong.addRow(1, off);
    wrong.finish();
    QVERIFY(close(double(wrong.statistics().rowSumError), 0.3));
}

HEADLIGHT_TEST_MAIN(TestHeadSummary)
#include "tst_head_summary.moc"
