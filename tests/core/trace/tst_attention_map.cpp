// Every way to look at a lazy map gives the numbers of the dense matrix behind it: rows, columns, blocks, joined heads,
// pooled pictures.

#include "core/trace/attention_map.h"
#include "tests/support/random_numbers.h"
#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestAttentionMap : public test::TestCase {
    Q_OBJECT
private slots:
    void looksAreTheMatrix_data();
    void looksAreTheMatrix();
    void joinsHeads_data();
    void joinsHeads();
    void pools_data();
    void pools();
    void pooledAsTheThumbnail();
    void neverAsksForMoreThanNeeded();
    void theEmptyMap();
    void mistakesAreCaught();
};

namespace {

constexpr int heads = 3;

std::shared_ptr<const LayerAttention> layerOf(const Tensor& weights)
{
    return std::make_shared<const LayerAttention>(test::givenLayer(2, weights));
}

/// Cell of the dense matrix [H,T,S].
float cell(const Tensor& weights, int head, std::int64_t query, std::int64_t key)
{
    return weights.at((head * weights.shape()[1] + query) * weights.shape()[2] + key);
}

/// Notes the largest block it was asked for.
class WatchedWeights final : public test::GivenWeights {
public:
    using GivenWeights::GivenWeights;
    void weights(int head, const Block& block, std::span<float> out) const override
    {
        largest = std::max(largest, block.rows() * block.columns());
        GivenWeights::weights(head, block, out);
    }
    mutable std::int64_t largest = 0;
};

} // namespace

void TestAttentionMap::looksAreTheMatrix_data()
{
    QTest::addColumn<int>("queries");
    QTest::addColumn<int>("keys");
    for (const auto& [queries, keys] : std::vector<std::pair<int, int>> { { 1, 1 }, { 1, 9 }, { 9, 1 }, { 7, 5 }, { 64, 64 }, { 65, 63 }, { 200, 130 } })
        QTest::addRow("%d x %d", queries, keys) << queries << keys;
}

void TestAttentionMap::looksAreTheMatrix()
{
    QFETCH(int, queries);
    QFETCH(int, keys);
    const Tensor weights = test::randomTensor({ heads, queries, keys }, 1, 0.0f, 1.0f);
    const AttentionMap map(layerOf(weights), 1);
    QVERIFY(map.queries() == queries && map.keys() == keys && !map.empty());
    for (std::int64_t i = 0; i < queries; i += 3) {
        const std::vector<float> row = map.row(i);
        for (std::int64_t j = 0; j < keys; ++j)
            QCOMPARE(row[std::size_t(j)], cell(weights, 1, i, j));
    }
    const std::vector<float> column = map.column(keys - 1);
    for (std::int64_t i = 0; i < queries; ++i)
        QCOMPARE(column[std::size_t(i)], cell(weights, 1, i, keys - 1));
    QCOMPARE(map.at(queries / 2, keys / 2), cell(weights, 1, queries / 2, keys / 2));
    QCOMPARE(map.score(queries / 2, keys / 2), std::log(cell(weights, 1, queries / 2, keys / 2)));
    QVERIFY(std::ranges::equal(map.full().floats(), weights.slice(1, 2).floats()));
    const Block part { queries / 3, queries, keys / 3, keys };
    const Tensor block = map.block(part);
    QVERIFY((block.shape() == Shape { part.rows(), part.columns() }));
    for (std::int64_t i = 0; i < part.rows(); ++i)
        for (std::int64_t j = 0; j < part.columns(); ++j)
            QCOMPARE(block.at(i * part.columns() + j), cell(weights, 1, part.firstRow + i, part.firstColumn + j));
}

void TestAttentionMap::joinsHeads_data()
{
    QTest::addColumn<int>("join");
    QTest::newRow("mean") << int(HeadJoin::Mean);
    QTest::newRow("max") << int(HeadJoin::Max);
}

void TestAttentionMap::joinsHeads()
{
    QFETCH(int, join);
    const Tensor weights = test::randomTensor({ heads, 70, 11 }, 2, 0.0f, 1.0f);
    const AttentionMap map(layerOf(weights), { 2, 0 }, HeadJoin(join));
    const Tensor full = map.full();
    for (std::int64_t i = 0; i < 70; ++i)
        for (std::int64_t j = 0; j < 11; ++j) {
            const double a = double(cell(weights, 0, i, j)), b = double(cell(weights, 2, i, j));
            const double expected = HeadJoin(join) == HeadJoin::Mean ? (a + b) / 2 : std::max(a, b);
            QVERIFY(std::abs(double(full.at(i * 11 + j)) - expected) < 1e-7);
            QCOMPARE(map.at(i, j), full.at(i * 11 + j));
        }
    QVERIFY(std::ranges::equal(map.row(3), full.row(3)));
    QVERIFY_EXCEPTION_THROWN(map.score(0, 0), CheckFailed);
    const AttentionMap one(layerOf(weights), { 1 }, HeadJoin(join));
    QVERIFY(std::ranges::equal(one.full().floats(), weights.slice(1, 2).floats()));
}

void TestAttentionMap::pools_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addColumn<int>("pooling");
    for (const int size : { 1, 5, 64, 65, 130 })
        for (const auto& [width, height] : std::vector<std::pair<int, int>> { { 1, 1 }, { 64, 64 }, { 7, 50 }, { 200, 3 } })
            for (const Pooling pooling : { Pooling::Max, Pooling::Mean })
                QTest::addRow("%d to %d x %d, %s", size, width, height, pooling == Pooling::Max ? "max" : "mean") << size << width << height << int(pooling);
}

void TestAttentionMap::pools()
{
    QFETCH(int, size);
    QFETCH(int, width);
    QFETCH(int, height);
    QFETCH(int, pooling);
    const std::int64_t queries = size, keys = size + 1;
    const Tensor weights = test::randomTensor({ heads, queries, keys }, 3, 0.0f, 1.0f);
    const Tensor pooled = AttentionMap(layerOf(weights), 0).pooled(width, height, Pooling(pooling));
    const std::int64_t h = std::min<std::int64_t>(height, queries), w = std::min<std::int64_t>(width, keys);
    QVERIFY((pooled.shape() == Shape { h, w }));
    std::vector<double> largest(std::size_t(h * w)), sum = largest, count = largest;
    for (std::int64_t i = 0; i < queries; ++i)
        for (std::int64_t j = 0; j < keys; ++j) {
            const auto pixel = std::size_t(i * h / queries * w + j * w / keys);
            const double value = double(cell(weights, 0, i, j));
            largest[pixel] = std::max(largest[pixel], value), sum[pixel] += value, count[pixel] += 1.0;
        }
    for (std::size_t pixel = 0; pixel < largest.size(); ++pixel) {
        const double expected = Pooling(pooling) == Pooling::Max ? largest[pixel] : sum[pixel] / count[pixel];
        QVERIFY(std::abs(double(pooled.at(std::int64_t(pixel))) - expected) < 1e-6);
    }
}

void TestAttentionMap::pooledAsTheThumbnail()
{
    const Tensor weights = test::randomTensor({ 1, 150, 99 }, 4, 0.0f, 1.0f);
    HeadSummary summary(150, 99);
    for (std::int64_t i = 0; i < 150; ++i)
        summary.addRow(i, weights.row(i));
    summary.finish();
    const AttentionMap map(layerOf(weights), 0);
    QVERIFY(std::ranges::equal(map.pooled(64, 64, Pooling::Max).floats(), summary.thumbnailMax().floats()));
    const Tensor mean = map.pooled(64, 64, Pooling::Mean);
    for (std::int64_t i = 0; i < mean.count(); ++i)
        QVERIFY(std::abs(mean.at(i) - summary.thumbnailMean().at(i)) < 1e-6f);
}

void TestAttentionMap::neverAsksForMoreThanNeeded()
{
    // What makes a map of 8,000 tokens cheap: no look at a part computes the whole.
    const Tensor weights = test::randomTensor({ 1, 400, 300 }, 5, 0.0f, 1.0f);
    LayerAttention layer = test::givenLayer(0, weights);
    const auto watched = std::make_shared<WatchedWeights>(weights);
    layer.source = watched;
    const AttentionMap map(std::make_shared<const LayerAttention>(std::move(layer)), 0);
    const auto largestIn = [&](const std::function<void()>& look) {
        watched->largest = 0;
        look();
        return watched->largest;
    };
    QCOMPARE(largestIn([&] { static_cast<void>(map.at(3, 4)); }), std::int64_t(1));
    QCOMPARE(largestIn([&] { static_cast<void>(map.row(7)); }), std::int64_t(300));
    QCOMPARE(largestIn([&] { static_cast<void>(map.column(7)); }), std::int64_t(400));
    QVERIFY(largestIn([&] { static_cast<void>(map.full()); }) <= 64 * 300);
    QVERIFY(largestIn([&] { static_cast<void>(map.pooled(64, 64, Pooling::Max)); }) <= 7 * 300);
}

void TestAttentionMap::theEmptyMap()
{
    const AttentionMap map;
    QVERIFY(map.empty());
    QCOMPARE(map.queries(), std::int64_t(0));
    QCOMPARE(map.keys(), std::int64_t(0));
}

void TestAttentionMap::mistakesAreCaught()
{
    const auto layer = layerOf(test::randomTensor({ heads, 4, 5 }, 6));
    QVERIFY_EXCEPTION_THROWN(AttentionMap(layer, heads), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(AttentionMap(layer, -1), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(AttentionMap(layer, {}, HeadJoin::Mean), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(AttentionMap(nullptr, 0), CheckFailed);
    const AttentionMap map(layer, 0);
    QVERIFY_EXCEPTION_THROWN(map.at(4, 0), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.at(0, 5), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.at(-1, 0), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.score(0, 5), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.row(4), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.column(-1), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.block({ 2, 1, 0, 5 }), CheckFailed);
    QVERIFY_EXCEPTION_THROWN(map.block({ 0, 4, 0, 6 }), CheckFailed);
}

HEADLIGHT_TEST_MAIN(TestAttentionMap)
#include "tst_attention_map.moc"
