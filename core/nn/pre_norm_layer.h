#pragma once
// The layer of nearly every encoder of pictures: norms in front of attention and feed-forward, each added to what went in.

#include "core/nn/attention.h"

namespace headlight {

/// x = x + λ₁∘attention(norm(x)); x = x + λ₂∘feedForward(norm(x)). Source: Xiong et al. 2020; the scales λ: Touvron et al.
/// 2021 (LayerScale).
struct PreNormLayer {
    Norm attentionNorm, outputNorm;
    SelfAttention attention;
    /// A FeedForward, a GatedFeedForward, or a family's own. Shapes: [ΣT,E] → [ΣT,E].
    std::function<Var(const Var& x, Run& run)> feedForward;
    ParameterRef attentionScale = {}, outputScale = {}; ///< λ [E]; null: 1
    float dropout = 0.0f;

    /// `angles` of the packed rows, null without rotary positions.
    Var operator()(const Var& x, const Packing& packing, Run& run, const std::shared_ptr<const ScoreBias>& bias = nullptr,
        const RotaryAngles* angles = nullptr) const;
};

/// Each row multiplied by the same numbers. Shapes: x [T,E], factors [E] → [T,E].
Var scaleColumns(const Var& x, const Var& factors);

} // namespace headlight
