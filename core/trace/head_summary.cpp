#include "core/trace/head_summary.h"

#include "core/tensor/vector_math.h"

namespace headlight {
namespace {

/// Sums run in a fixed number of lanes, so that they do not depend on the instruction set's width.
constexpr std::int64_t lanes = 16;

struct Moments {
    float sum, entropy, distance, largest;
};

/// Sums per lane, lane by lane in memory, so that the compiler keeps them in vector registers.
struct MomentLanes {
    float sum[lanes] = {}, entropy[lanes] = {}, distance[lanes] = {}, largest[lanes] = {};
    /// One step; `place` is key − query.
    HEADLIGHT_INLINE void gather(std::int64_t j, float w, float place)
    {
        constexpr float smallest = 1.17549435e-38f; // below, w·log w is nothing
        const float logarithm = vec::log(w > smallest ? w : 1.0f);
        sum[j] += w;
        entropy[j] -= w * logarithm;
        distance[j] += w * std::fabs(place);
        largest[j] = w > largest[j] ? w : largest[j];
    }
};

HEADLIGHT_VECTORISED Moments momentsOf(const float* weights, std::int64_t count, std::int64_t firstPlace)
{
    MomentLanes all;
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto origin = float(firstPlace + i);
        for (std::int32_t j = 0; j < lanes; ++j)
            all.gather(j, weights[i + j], origin + float(j));
    }
    for (std::int64_t j = 0; i < count; ++i, ++j)
        all.gather(j, weights[i], float(firstPlace + i));
    Moments total {};
    for (std::int64_t j = 0; j < lanes; ++j)
        total = { total.sum + all.sum[j], total.entropy + all.entropy[j], total.distance + all.distance[j],
            std::max(total.largest, all.largest[j]) };
    return total;
}

HEADLIGHT_VECTORISED void gatherKeys(const float* weights, std::int64_t count, float* largest, float* sum)
{
    for (std::int64_t i = 0; i < count; ++i) {
        largest[i] = weights[i] > largest[i] ? weights[i] : largest[i];
        sum[i] += weights[i];
    }
}

} // namespace

HeadSummary::HeadSummary(std::int64_t queries, std::int64_t keys)
    : m_queries(queries)
    , m_keys(keys)
    , m_height(std::min(queries, thumbnailSize))
    , m_width(std::min(keys, thumbnailSize))
    , m_rows(static_cast<std::size_t>(queries))
    , m_max(std::size_t(m_height * m_width), 0.0f)
    , m_sum(std::size_t(m_height * m_width), 0.0f)
    , m_lineMax(static_cast<std::size_t>(keys))
    , m_lineSum(static_cast<std::size_t>(keys))
{
}

void HeadSummary::addRow(std::int64_t query, std::span<const float> weights, std::int64_t firstKey)
{
    const std::int64_t line = query * m_height / std::max<std::int64_t>(m_queries, 1), count = std::int64_t(weights.size());
    if (line != m_line)
        finishLine();
    m_line = line;
    gatherKeys(weights.data(), count, m_lineMax.data() + firstKey, m_lineSum.data() + firstKey);
    const Moments moments = momentsOf(weights.data(), count, firstKey - query);
    const auto top = std::find(weights.begin(), weights.end(), moments.largest);
    RowStatistics& row = m_rows[std::size_t(query)];
    row.sum = moments.sum;
    row.entropy = moments.entropy;
    row.distance = moments.distance;
    row.largest = moments.largest;
    row.largestKey = top == weights.end() ? 0 : std::int32_t(firstKey + (top - weights.begin()));
    row.firstMass = firstKey == 0 && count > 0 ? weights[0] : 0.0f;
}

void HeadSummary::finishLine()
{
    for (std::int64_t pixel = 0; m_line >= 0 && pixel < m_width; ++pixel) {
        float& top = m_max[std::size_t(m_line * m_width + pixel)];
        float& sum = m_sum[std::size_t(m_line * m_width + pixel)];
        for (std::int64_t key = bucketBegin(pixel, m_width, m_keys); key < bucketBegin(pixel + 1, m_width, m_keys); ++key) {
            top = std::max(top, m_lineMax[std::size_t(key)]);
            sum += m_lineSum[std::size_t(key)];
        }
    }
    std::fill(m_lineMax.begin(), m_lineMax.end(), 0.0f);
    std::fill(m_lineSum.begin(), m_lineSum.end(), 0.0f);
    m_line = -1;
}

void HeadSummary::breakDown()
{
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    m_statistics = { none, none, none, none, none, 0, 0, none };
    m_thumbnailMax = m_thumbnailMean = Tensor::filled({ m_height, m_width }, none);
}

void HeadSummary::finish()
{
    finishLine();
    m_lineMax = m_lineSum = {};
    std::int64_t attending = 0;
    float top = -1.0f;
    HeadStatistics& s = m_statistics;
    for (std::int64_t i = 0; i < m_queries; ++i) {
        const RowStatistics& row = m_rows[std::size_t(i)];
        if (row.sum == 0.0f)
            continue;
        if (std::isnan(row.sum))
            return breakDown();
        ++attending;
        s.entropy += row.entropy;
        s.distance += row.distance;
        s.largest += row.largest;
        s.firstMass += row.firstMass;
        s.sink += row.sink;
        s.rowSumError = std::max(s.rowSumError, std::fabs(row.sum + row.sink - 1.0f));
        if (row.largest > top) {
            top = row.largest;
            s.largestQuery = i;
            s.largestKey = row.largestKey;
        }
    }
    for (float* value : { &s.entropy, &s.distance, &s.largest, &s.firstMass, &s.sink })
        *value /= float(std::max<std::int64_t>(attending, 1));
    for (std::int64_t y = 0; y < m_height; ++y)
        for (std::int64_t x = 0; x < m_width; ++x) {
            const auto rows = bucketBegin(y + 1, m_height, m_queries) - bucketBegin(y, m_height, m_queries);
            const auto columns = bucketBegin(x + 1, m_width, m_keys) - bucketBegin(x, m_width, m_keys);
            m_sum[std::size_t(y * m_width + x)] /= float(rows * columns);
        }
    m_thumbnailMax = Tensor::fromVector({ m_height, m_width }, std::move(m_max));
    m_thumbnailMean = Tensor::fromVector({ m_height, m_width }, std::move(m_sum));
}

} // namespace headlight
