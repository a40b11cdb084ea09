#pragma once
// What is known of a head the moment its pass ends, without its map: statistics per row and two thumbnails.

#include "core/tensor/score_rows.h"
#include "core/tensor/tensor.h"

namespace headlight {

struct RowStatistics {
    float entropy; ///< nats; 0 when one key takes all, log(keys) when all are equal
    float distance; ///< Σ weight·|query − key|, in tokens
    float largest; ///< the largest weight ...
    std::int32_t largestKey; ///< ... and where it is
    float firstMass; ///< weight on the first key ([CLS], BOS: a common sink)
    float sum; ///< of the row: 1 up to rounding, less where a sink takes a share, 0 for a fully masked row
    float sink = 0.0f; ///< share of the head's sink, which is no key; the row sums to 1 with it
};

/// Mean over rows that attend to anything.
struct HeadStatistics {
    float entropy = 0, distance = 0, largest = 0, firstMass = 0, sink = 0;
    std::int64_t largestQuery = 0, largestKey = 0; ///< where the largest weight of the whole head is
    float rowSumError = 0; ///< largest |sum + sink − 1| of any row; NaN, as all else then, when a weight is no number
};

/// Filled row by row while the weights are in cache.
class HeadSummary {
public:
    static constexpr std::int64_t thumbnailSize = 64;

    HeadSummary() = default;
    HeadSummary(std::int64_t queries, std::int64_t keys);

    /// `weights` are those of row `query` for the keys from `firstKey` on; all others are 0. Rows may come in any order,
    /// each once; in order is fastest.
    void addRow(std::int64_t query, std::span<const float> weights, std::int64_t firstKey = 0);
    /// Of a row that was added by its weights.
    void setSink(std::int64_t query, float share) { m_rows[std::size_t(query)].sink = share; }
    /// Rows firstQuery, firstQuery+1 ... as kernels::exponentials leaves them, with statistics: the weights of `keys` keys
    /// from `firstKey` on, but for the rows' factors. Shapes: exponentials [rows,keys].
    void addTile(std::int64_t firstQuery, std::int64_t firstKey, std::int64_t keys,
        std::span<const kernels::ExponentialRow> rows, const float* exponentials);
    /// After the last row.
    void finish();

    std::span<const RowStatistics> rows() const { return m_rows; }
    const HeadStatistics& statistics() const { return m_statistics; }
    /// Shapes: [h,w], h = min(queries,64), w = min(keys,64). Largest and mean weight under each pixel.
    const Tensor& thumbnailMax() const { return m_thumbnailMax; }
    const Tensor& thumbnailMean() const { return m_thumbnailMean; }

private:
    std::int64_t lineOf(std::int64_t query) const { return query * m_height / m_queries; }
    /// From here on, rows are gathered for another line of the thumbnails.
    void beginLine(std::int64_t line);
    /// Puts the rows gathered for one line of the thumbnails into it.
    void finishLine();
    /// A row that is no number leaves nothing to say of the head.
    void breakDown();

    std::int64_t m_queries = 0, m_keys = 0, m_height = 0, m_width = 0;
    std::vector<RowStatistics> m_rows;
    HeadStatistics m_statistics;
    std::vector<float> m_max, m_sum;
    // The line of the thumbnails that rows are gathered for: largest weight and sum per key.
    std::int64_t m_line = -1;
    std::vector<float> m_lineMax, m_lineSum;
    std::vector<std::int32_t> m_columns; ///< first key of each pixel of a line, and the end
    Tensor m_thumbnailMax, m_thumbnailMean;
};

/// First index of `count` that falls into bucket `bucket` of `buckets`; the buckets cut 0..count evenly.
inline std::int64_t bucketBegin(std::int64_t bucket, std::int64_t buckets, std::int64_t count)
{
    return (bucket * count + buckets - 1) / buckets;
}

} // namespace headlight
