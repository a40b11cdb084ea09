#pragma once
// Tiles of scaled dot-product scores for one head of one sequence, and the lazy source that makes them again later.

#include "core/attention/mechanism.h"

namespace headlight {

/// One head of one sequence inside packed matrices. `inputs` must outlive it.
struct HeadTile {
    const AttentionInputs* inputs;
    MapPlace place;
    const float *q, *k;
    std::int64_t queryStride, keyStride; ///< between rows of q and of k
    std::int64_t size; ///< D
    std::span<const std::uint8_t> keyMask;

    std::int64_t queries() const { return place.queries; }
    std::int64_t keys() const { return place.keys; }
    /// Keys that any of these rows may see; the rest of the rows is masked.
    KeyRange range(std::int64_t firstRow, std::int64_t lastRow) const;
    /// Writes the scores of the block: scale·q·kᵀ + bias, soft cap, -infinity where masked.
    void scores(const Block& block, float* out) const;
};

/// Head `head` of sequence `sequence`.
HeadTile headTile(const AttentionInputs& inputs, std::int64_t sequence, int head);

/// Keeps q, k and a log-sum-exp per row; any block of weights comes back as e^(score − logSumExp).
class SoftmaxDotSource final : public WeightSource {
public:
    /// `inputs` hold a single sequence, or the windows of one. logSumExp [H·ΣT].
    SoftmaxDotSource(AttentionInputs inputs, std::vector<float> logSumExp);
    void weights(int head, const Block& block, std::span<float> out) const override;
    void scores(int head, const Block& block, std::span<float> out) const override;
    std::size_t bytes() const override;

private:
    void blockOf(const HeadTile& tile, const Block& block, bool weights, float* out) const;
    void windowedBlock(int head, const Block& block, bool weights, float* out) const;

    AttentionInputs m_inputs;
    std::vector<float> m_logSumExp;
    /// Per token: its window, and its place in it. Empty without windows.
    std::vector<std::pair<std::int64_t, std::int64_t>> m_windowOf;
};

} // namespace headlight
