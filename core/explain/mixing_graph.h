#pragma once
// The graph that rollout and flow run on: levels of tokens, and between them what attention mixes and what
// the residual path keeps.

#include "core/trace/trace.h"

#include <optional>

namespace headlight {

/// How the heads of a layer become one.
struct HeadMixing {
    HeadJoin join = HeadJoin::Mean;
    std::vector<int>
        heads; ///< of every layer; those a layer does not have are left out; none left: all of them
    friend bool operator==(const HeadMixing&, const HeadMixing&) = default;
};

/// What a level is made of: attention · A (rows joined over heads and brought to sum 1) + stay · I.
struct MixingStep {
    int upper = 0, lower = 0; ///< levels; lower < upper
    std::shared_ptr<const LayerAttention> layer;
    double attention = 0.5, stay = 0.5;
};

struct MixingGraph {
    std::vector<std::int64_t> levels; ///< tokens of each, inputs first
    std::vector<MixingStep> steps; ///< highest upper level first
    int top() const { return int(levels.size()) - 1; }
};

/// One stack: level 0 is its input, level l+1 the output of layer l. `residual` is the share of the residual
/// path, 0..1. None when the layers are not consecutive from 0, or not all over the same tokens (merged
/// patches). Source: Abnar & Zuidema 2020, §3: Ã = ½·A + ½·I for residual ½.
std::optional<MixingGraph> stackGraph(
    std::span<const std::shared_ptr<const LayerAttention>> layers, double residual);

/// A pair: the encoder's levels, then the decoder's, of which each layer is
/// out = r·(r·I + (1−r)·A_self)·in + (1−r)·A_cross·memory, memory being the encoder's output. So what a
/// written token is made of sums to one over both inputs. An empty `encoder` leaves the memory as the only
/// level beneath. None when a stack is not one (see stackGraph) or the sizes do not fit.
std::optional<MixingGraph> pairGraph(std::span<const std::shared_ptr<const LayerAttention>> encoder,
    std::span<const std::shared_ptr<const LayerAttention>> decoder,
    std::span<const std::shared_ptr<const LayerAttention>> cross, double residual);

/// Joins the heads. Shapes: rows [first,last) of the layer's map → [last−first,keys], row-major, in double.
/// Units: rows sum to 1; a row without any weight (fully masked) stays 0.
std::vector<double> joinedRows(const std::shared_ptr<const LayerAttention>& layer, const HeadMixing& heads,
    std::int64_t first, std::int64_t last);

/// The same for a step, residual path included. A fully masked row stays as it is where it can.
std::vector<double> mixedRows(
    const MixingStep& step, const HeadMixing& heads, std::int64_t first, std::int64_t last);

} // namespace headlight
