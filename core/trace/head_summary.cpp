#include "core/trace/head_summary.h"

namespace headlight {

HeadSummary::HeadSummary(std::int64_t queries, std::int64_t keys)
    : m_queries(queries)
    , m_keys(keys)
    , m_height(std::min(queries, thumbnailSize))
    , m_width(std::min(keys, thumbnailSize))
    , m_rows(static_cast<std::size_t>(queries))
    , m_max(std::size_t(m_height * m_width), 0.0f)
    , m_sum(std::size_t(m_height * m_width), 0.0f)
{
}

void HeadSummary::addRow(std::int64_t query, std::span<const float> weights)
{
    RowStatistics row { 0, 0, 0, 0, weights.empty() ? 0.0f : weights[0], 0 };
    const std::size_t line = std::size_t(query * m_height / std::max<std::int64_t>(m_queries, 1) * m_width);
    for (std::int64_t pixel = 0; pixel < m_width; ++pixel) {
        const std::int64_t first = bucketBegin(pixel, m_width, m_keys), last = bucketBegin(pixel + 1, m_width, m_keys);
        float largest = 0.0f, sum = 0.0f, entropy = 0.0f, distance = 0.0f; // sums of sums: long rows stay exact
        for (std::int64_t key = first; key < last; ++key) {
            const float w = weights[std::size_t(key)];
            sum += w;
            if (w <= 0.0f)
                continue;
            entropy -= w * std::log(w);
            distance += w * float(std::abs(query - key));
            if (w > row.largest) {
                row.largest = w;
                row.largestKey = std::int32_t(key);
            }
            largest = std::max(largest, w);
        }
        row.sum += sum;
        row.entropy += entropy;
        row.distance += distance;
        float& top = m_max[line + std::size_t(pixel)];
        top = std::max(top, largest);
        m_sum[line + std::size_t(pixel)] += sum;
    }
    m_rows[std::size_t(query)] = row;
}

void HeadSummary::breakDown()
{
    constexpr float none = std::numeric_limits<float>::quiet_NaN();
    m_statistics = { none, none, none, none, 0, 0, none };
    m_thumbnailMax = m_thumbnailMean = Tensor::filled({ m_height, m_width }, none);
}

void HeadSummary::finish()
{
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
        s.rowSumError = std::max(s.rowSumError, std::fabs(row.sum - 1.0f));
        if (row.largest > top) {
            top = row.largest;
            s.largestQuery = i;
            s.largestKey = row.largestKey;
        }
    }
    for (float* value : { &s.entropy, &s.distance, &s.largest, &s.firstMass })
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
