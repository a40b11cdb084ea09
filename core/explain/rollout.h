#pragma once
// Attention rollout: how much of each input position flows into each output position, if attention and the
// residual path carry fixed shares.

#include "core/base/job_control.h"
#include "core/explain/mixing_graph.h"

namespace headlight {

/// One matrix per layer, from the input up to and with that layer.
/// Shapes: L tensors [T,T]; rows are positions after the layer, columns positions of the input. Units: rows
/// sum to 1. R₀ = Ã₀, Rₗ = Ãₗ·Rₗ₋₁ with Ã = rownorm(½·mean over heads of A + ½·I), in double. Source: Abnar &
/// Zuidema 2020, §3 (attention rollout), heads averaged. Errors (HEADLIGHT_CHECK): layers of different
/// length; `layers` empty.
std::vector<Tensor> attentionRollout(std::span<const std::shared_ptr<const LayerAttention>> layers);

/// One line of the drawn graph.
struct MixingEdge {
    int step = 0; ///< of the graph
    int from = 0, to = 0; ///< tokens of the step's upper and lower level
    double weight = 0; ///< of the mixed step: what share of `from` comes from `to`
    double value = 0; ///< weight × share of `from`: what passes along this line
};

/// What one distribution over the tokens of a level is made of, further down.
struct MixingShares {
    std::vector<std::vector<double>> shares; ///< per level; levels above the start are empty
    std::vector<MixingEdge> edges; ///< the most valuable of each step, best first within a step
};

/// The rows of the rollout for some tokens, without any T×T matrix: from `level` down, v ← v·Ã, reading each
/// map once in bands of rows; rows that nothing comes from are not read. Shapes: start [levels[level]] →
/// shares[l] [levels[l]]. Units: the shares of the levels that nothing leads down from sum to the sum of
/// `start` (exactly, up to rounding in double). Source: Abnar & Zuidema 2020, §3, evaluated from the output.
/// Errors: Stopped.
MixingShares rolloutFrom(const MixingGraph& graph, int level, std::span<const double> start,
    const HeadMixing& heads, std::size_t edgesPerStep, const JobControl& control);

/// The same lines for shares that came from elsewhere (levels above `level` are not looked at).
std::vector<MixingEdge> strongestEdges(const MixingGraph& graph, int level,
    const std::vector<std::vector<double>>& shares, const HeadMixing& heads, std::size_t edgesPerStep,
    const JobControl& control);

} // namespace headlight
