#pragma once
// What the passes of attention do to a tile of scores, row by row while it is in the cache: cap, mask,
// exponentials with the statistics of the row on the way, and what rows leave on the keys.

#include <cstdint>

namespace headlight::kernels {

/// score → cap·tanh(score/cap). Source: Gemma 2, 2024, §2.
void capScores(float* scores, std::int64_t count, float cap);
/// score → -infinity where `seen` is 0.
void hideScores(float* scores, const std::uint8_t* seen, std::int64_t count);

/// What a row of scores was, after e^(score − top) took its place.
struct ExponentialRow {
    float top = 0; ///< the largest score; -infinity when all are masked, NaN when one is no number
    float sink = 0; ///< e^(score − top) of a score that is no number of the row but takes a share of it
    float sum = 0; ///< of the exponentials: 0 when all are masked, NaN when one is no number
    // With Statistics::Yes:
    float moment = 0; ///< Σ e·(score − top), so that the row's entropy is log(sum) − moment/sum
    float distance = 0; ///< Σ e·|place|
    std::int64_t topPlace = 0; ///< the first number that is `top`

    /// A sink takes part. Once, after the exponentials are made.
    void addSink(float score);
    /// What makes weights of the exponentials: 1/(sum + sink), 0 for a masked row without a sink.
    float factor() const { return sum + sink == 0.0f ? 0.0f : 1.0f / (sum + sink); }
    float sinkShare() const { return sink * factor(); }
    /// log Σ e^score, a sink's included
    float logSumExp() const;
    /// Nats, of the weights.
    float entropy() const;
};
enum class Statistics { No, Yes };
/// Masked scores become exactly 0; a NaN or +infinity anywhere makes the sum NaN, so that a broken pass
/// cannot pass for a masked row. `firstPlace`: key − query of the first number.
ExponentialRow exponentials(
    float* scores, std::int64_t count, Statistics statistics, std::int64_t firstPlace = 0);

/// weight = e^(score − logSumExp), in place; 0 everywhere when logSumExp is -infinity.
void weightsOfScores(float* scores, std::int64_t count, float logSumExp);

/// Rows of numbers that become weights when multiplied with a factor of their own. Shapes: rows
/// [count,columns].
struct FactoredRows {
    const float* rows;
    std::int64_t stride, count, columns;
    const float* factors;
};
/// Per key the largest weight and the sum over rows, added to what is there; per row the sum of its weights.
void gatherKeys(const FactoredRows& rows, float* largest, float* sum, float* rowSums);

/// Of a row of weights.
struct WeightMoments {
    float entropy, distance, largest;
};
WeightMoments momentsOf(const float* weights, std::int64_t count, std::int64_t firstPlace);

/// First place of `value`, `count` when there is none.
std::int64_t placeOf(float value, const float* row, std::int64_t count);

} // namespace headlight::kernels
