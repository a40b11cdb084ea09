#pragma once
// Attention weights that are simply there, as a file of another program has them.

#include "core/base/job_control.h"
#include "core/trace/layer_attention.h"

namespace headlight {

/// A layer of given maps with its statistics and thumbnails. Shapes: weights [H,T,S], any floating-point
/// type, which stays as it is. Units: as given; that rows sum to one is for the caller to look at in the
/// summaries.
LayerAttention denseLayer(const AttentionSite& site, const Tensor& weights, const JobControl& control);

} // namespace headlight
