#pragma once
// How much a prediction hangs on each head: the gradient of what the model says along the scale of the head's
// attention.

#include "core/trace/layer_attention.h"

#include <memory>
#include <vector>

namespace headlight {

/// |Σ A ⊙ ∂target/∂A| of each head of a layer with a gradient: what d target is when all weights of the head
/// are scaled alike, which is a gate on the head. Shapes: [H]. Units: of the target (a logit). Source: Michel
/// et al. 2019, eq. 2 (for one example, without the mean over a data set). Errors (HEADLIGHT_CHECK): a layer
/// without a gradient.
std::vector<float> gateGradients(const std::shared_ptr<const LayerAttention>& layer);

/// The same divided by the layer's Euclidean norm, so that layers can be compared; all 0 where nothing flows.
/// Source: Michel et al. 2019, §4.1 (normalised by layer, as Molchanov et al. 2017).
std::vector<float> normalisedByLayer(std::vector<float> importance);

} // namespace headlight
