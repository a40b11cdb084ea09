#include "core/trace/head_summary.h"

#include "core/tensor/kernels.h"

namespace headlight {

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
    for (std::int64_t pixel = 0; pixel <= m_width; ++pixel)
        m_columns.push_back(std::int32_t(bucketBegin(pixel, std::max<std::int64_t>(m_width, 1), keys)));
}

void HeadSummary::addRow(std::int64_t query, std::span<const float> weights, std::int64_t firstKey)
{
    const std::int64_t count = std::int64_t(weights.size());
    constexpr float whole = 1.0f;
    float sum = 0.0f;
    beginLine(lineOf(query));
    kernels::gatherKeys({ weights.data(), count, 1, count, &whole }, m_lineMax.data() + firstKey, m_lineSum.data() + firstKey, &sum);
    const kernels::WeightMoments moments = kernels::momentsOf(weights.data(), count, firstKey - query);
    const std::int64_t top = kernels::placeOf(moments.largest, weights.data(), count);
    m_rows[std::size_t(query)] = { moments.entropy, moments.distance, moments.largest,
        std::int32_t(top == count ? 0 : firstKey + top), firstKey == 0 && count > 0 ? weights[0] : 0.0f, sum };
}

void HeadSummary::addTile(std::int64_t firstQuery, std::int64_t firstKey, std::int64_t keys,
    std::span<const kernels::ExponentialRow> rows, const float* exponentials)
{
    thread_local std::vector<float> factors, sums;
    factors.resize(rows.size());
    sums.resize(rows.size());
    std::transform(rows.begin(), rows.end(), factors.begin(), [](const kernels::ExponentialRow& row) { return row.factor(); });
    for (std::int64_t first = 0, last = 0; first < std::int64_t(rows.size()); first = last) {
        const std::int64_t line = lineOf(firstQuery + first);
        while (last < std::int64_t(rows.size()) && lineOf(firstQuery + last) == line)
            ++last;
        beginLine(line);
        kernels::gatherKeys({ exponentials + first * keys, keys, last - first, keys, factors.data() + first },
            m_lineMax.data() + firstKey, m_lineSum.data() + firstKey, sums.data() + first);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const kernels::ExponentialRow& row = rows[i];
        const float factor = factors[i];
        const float largest = row.sum == 0.0f ? 0.0f : factor; // the largest exponential is e^0
        m_rows[std::size_t(firstQuery) + i] = { row.entropy(), row.distance * factor, largest, std::int32_t(firstKey + row.topPlace),
            firstKey == 0 && keys > 0 ? exponentials[std::int64_t(i) * keys] * factor : 0.0f, sums[i], row.sinkShare() };
    }
}

void HeadSummary::beginLine(std::int64_t line)
{
    if (line != m_line)
        finishLine();
    m_line = line;
}

void HeadSummary::finishLine()
{
    float* largest = m_max.data() + m_line * m_width;
    float* sum = m_sum.data() + m_line * m_width;
    for (std::int64_t pixel = 0; m_line >= 0 && pixel < m_width; ++pixel) {
        float top = largest[pixel], total = sum[pixel];
        for (std::int32_t key = m_columns[std::size_t(pixel)]; key < m_columns[std::size_t(pixel) + 1]; ++key) {
            top = std::max(top, m_lineMax[std::size_t(key)]);
            total += m_lineSum[std::size_t(key)];
        }
        largest[pixel] = top;
        sum[pixel] = total;
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
    std::vector<float> share(static_cast<std::size_t>(m_width));
    for (std::size_t x = 0; x < share.size(); ++x)
        share[x] = 1.0f / float(m_columns[x + 1] - m_columns[x]);
    for (std::int64_t y = 0; y < m_height; ++y) {
        float* line = m_sum.data() + y * m_width;
        kernels::multiply(line, share.data(), line, m_width);
        kernels::scale(1.0f / float(bucketBegin(y + 1, m_height, m_queries) - bucketBegin(y, m_height, m_queries)), line, line, m_width);
    }
    m_thumbnailMax = Tensor::fromVector({ m_height, m_width }, std::move(m_max));
    m_thumbnailMean = Tensor::fromVector({ m_height, m_width }, std::move(m_sum));
}

} // namespace headlight
