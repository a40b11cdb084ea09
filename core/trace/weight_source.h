#pragma once
// How the attention weights of a layer come back from what a run recorded. Each mechanism brings its own: softmax
// attention keeps q, k and one log-sum-exp per row instead of queries × keys numbers.

#include "core/tensor/tensor.h"

namespace headlight {

/// A rectangle of one head's map: query rows [firstRow,lastRow), key columns [firstColumn,lastColumn).
struct Block {
    std::int64_t firstRow, lastRow, firstColumn, lastColumn;
    std::int64_t rows() const { return lastRow - firstRow; }
    std::int64_t columns() const { return lastColumn - firstColumn; }
};

class WeightSource {
public:
    virtual ~WeightSource() = default;
    /// Writes the weights of `block` of `head`, row-major. Exact, and callable from any thread.
    virtual void weights(int head, const Block& block, std::span<float> out) const = 0;
    /// What the weighting (softmax) was applied to, scale, bias and mask included; -infinity where masked.
    virtual void scores(int head, const Block& block, std::span<float> out) const = 0;
    /// Whether `scores` are the model's own; where only weights are known they are not.
    virtual bool knowsScores() const { return true; }
    /// Memory kept, in bytes.
    virtual std::size_t bytes() const = 0;
};

} // namespace headlight
