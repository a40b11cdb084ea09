// What a decoder keeps of what it read: sequences grow side by side, beams are copied, fixed rows are made once.

#include "core/nn/cache.h"
#include "tests/support/test_main.h"

using namespace headlight;

class TestCache : public test::TestCase {
    Q_OBJECT
private slots:
    void sequencesGrowSideBySide();
    void sitesAreApart();
    void beamsAreCopied();
    void fixedRowsAreMadeOnce();
    void lengthIsWhatWasAdvanced();
};

namespace {

const AttentionSite first { AttentionKind::Decoder, 0 }, second { AttentionKind::Decoder, 1 };

/// Rows of one number.
Tensor column(std::vector<float> numbers)
{
    const auto count = std::int64_t(numbers.size());
    return Tensor::fromVector({ count, 1 }, std::move(numbers));
}

QList<float> asList(const Tensor& tensor)
{
    return QList<float>(tensor.floats().begin(), tensor.floats().end());
}

KeyValueCache twoSequences()
{
    KeyValueCache cache;
    const std::array<std::int64_t, 3> begins { 0, 2, 4 };
    cache.append(first, column({ 1, 2, 10, 20 }), column({ -1, -2, -10, -20 }), begins);
    return cache;
}

} // namespace

void TestCache::sequencesGrowSideBySide()
{
    KeyValueCache cache = twoSequences();
    const std::array<std::int64_t, 3> begins { 0, 1, 2 };
    const KeyValueCache::Rows rows = cache.append(first, column({ 3, 30 }), column({ -3, -30 }), begins);
    QCOMPARE(asList(rows.keys), (QList<float> { 1, 2, 3, 10, 20, 30 }));
    QCOMPARE(asList(rows.values), (QList<float> { -1, -2, -3, -10, -20, -30 }));
    QCOMPARE(rows.begins, (std::vector<std::int64_t> { 0, 3, 6 }));
}

void TestCache::sitesAreApart()
{
    KeyValueCache cache = twoSequences();
    const std::array<std::int64_t, 3> begins { 0, 1, 2 };
    QCOMPARE(asList(cache.append(second, column({ 7, 8 }), column({ 7, 8 }), begins).keys), (QList<float> { 7, 8 }));
}

void TestCache::beamsAreCopied()
{
    KeyValueCache cache = twoSequences();
    const std::array<std::size_t, 3> chosen { 1, 1, 0 };
    cache.select(chosen);
    const std::array<std::int64_t, 4> begins { 0, 1, 2, 3 };
    const KeyValueCache::Rows rows = cache.append(first, column({ 3, 4, 5 }), column({ 3, 4, 5 }), begins);
    QCOMPARE(asList(rows.keys), (QList<float> { 10, 20, 3, 10, 20, 4, 1, 2, 5 }));
    QCOMPARE(rows.begins, (std::vector<std::int64_t> { 0, 3, 6, 9 }));
}

void TestCache::fixedRowsAreMadeOnce()
{
    KeyValueCache cache;
    int made = 0;
    const auto make = [&] {
        ++made;
        return KeyValueCache::Rows { column({ 1, 2, 3 }), column({ 4, 5, 6 }), { 0, 1, 3 } };
    };
    cache.fixed(first, make);
    QCOMPARE(asList(cache.fixed(first, make).keys), (QList<float> { 1, 2, 3 }));
    QCOMPARE(made, 1);
    const std::array<std::size_t, 2> chosen { 1, 0 };
    cache.select(chosen);
    QCOMPARE(asList(cache.fixed(first, make).keys), (QList<float> { 2, 3, 1 }));
    QCOMPARE(cache.fixed(first, make).begins, (std::vector<std::int64_t> { 0, 2, 3 }));
    QCOMPARE(made, 1);
}

void TestCache::lengthIsWhatWasAdvanced()
{
    KeyValueCache cache;
    QCOMPARE(cache.length(), std::int64_t(0));
    cache.advance(3);
    cache.advance(1);
    QCOMPARE(cache.length(), std::int64_t(4));
}

HEADLIGHT_TEST_MAIN(TestCache)
#include "tst_cache.moc"
