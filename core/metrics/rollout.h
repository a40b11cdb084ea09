#pragma once
// Attention rollout: how much of each input position flows into each output position, if attention and the residual
// path carry equal parts.

#include "core/trace/trace.h"

namespace headlight {

/// One matrix per layer, from the input up to and with that layer.
/// Shapes: L tensors [T,T]; rows are positions after the layer, columns positions of the input. Units: rows sum to 1.
/// R₀ = Ã₀, Rₗ = Ãₗ·Rₗ₋₁ with Ã = rownorm(½·mean over heads of A + ½·I), in double.
/// Source: Abnar & Zuidema 2020, §3 (attention rollout), heads averaged.
/// Errors (HEADLIGHT_CHECK): layers of different length; `layers` empty.
std::vector<Tensor> attentionRollout(std::span<const std::shared_ptr<const LayerAttention>> layers);

} // namespace headlight
