#pragma once
// Tiles of scaled dot-product scores for one head of one sequence, and the lazy source that makes them again later.

#include "core/attention/mechanism.h"

namespace headlight {

/// One head of one sequence inside packed matrices.
struct HeadTile {
    const float *q, *k;
    std::int64_t stride; ///< between rows of q and of k
    std::int64_t size; ///< D
    std::int64_t queries, keys;
    float scale;
    const Span* span;
    std::span<const std::uint8_t> keyMask;

    /// Writes scale·q·kᵀ of the block, -infinity where masked.
    void scores(const Block& block, float* out) const;
};

/// Head `head` of sequence `sequence`.
HeadTile headTile(const AttentionInputs& inputs, std::int64_t sequence, int head);

/// Keeps q, k and a log-sum-exp per row; any block of weights comes back as e^(score − logSumExp).
class SoftmaxDotSource final : public WeightSource {
public:
    /// `inputs` hold a single sequence. logSumExp [H·T].
    SoftmaxDotSource(AttentionInputs inputs, std::vector<float> logSumExp);
    void weights(int head, const Block& block, std::span<float> out) const override;
    void scores(int head, const Block& block, std::span<float> out) const override;
    std::size_t bytes() const override;

private:
    AttentionInputs m_inputs;
    std::vector<float> m_logSumExp;
};

} // namespace headlight
