#pragma once
// Attention flow: how much could reach a token further down if every connection carried at most its weight.

#include "core/base/job_control.h"
#include "core/explain/mixing_graph.h"

namespace headlight {

/// Whether the flow from `level` down is computed at all. One maximum flow per token and level grows with the
/// third power of the tokens and the square of the layers: about 200 tokens for 12 layers.
bool attentionFlowFits(const MixingGraph& graph, int level);
/// The most tokens that fit, for as many levels as from `level` down, were they all of one stack.
std::int64_t attentionFlowLimit(const MixingGraph& graph, int level);

/// For every token at or below `level`, the largest flow to it from the tokens of `start` (each gives at most
/// its share) with the mixed steps as capacities. Shapes: start [levels[level]] → per level l ≤ level
/// [levels[l]]; levels above are empty. Units: 0..Σ start; the flows of a level need not sum to one, each is
/// the largest on its own. Exact for capacities rounded to 2⁻⁴⁰. Source: Abnar & Zuidema 2020, §3 (attention
/// flow). Errors: Stopped; HEADLIGHT_CHECK unless attentionFlowFits.
std::vector<std::vector<double>> attentionFlow(const MixingGraph& graph, int level,
    std::span<const double> start, const HeadMixing& heads, const JobControl& control);

} // namespace headlight
