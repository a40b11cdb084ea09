#pragma once
// What a head mostly does, by simple rules on what its run left behind: nothing is computed anew, so that all
// heads of a model are named at once at any length. A role is a description of one input, not of the head for
// good.

#include "core/trace/layer_attention.h"

#include <vector>

namespace headlight {

enum class HeadRole {
    Previous, ///< looks at the token before
    Next, ///< at the token behind
    Self, ///< at the token itself
    First, ///< at the first token ([CLS], BOS): a sink
    Separator, ///< at separators ([SEP], </s>): a sink
    Repeated, ///< at other places where the same token stands
    Local, ///< at its neighbours, no one of them before all
    Broad, ///< at nearly everything alike
    Mixed, ///< nothing of the above
};

/// What roles need to know of the tokens of a layer.
struct RoleTokens {
    std::vector<bool> separators; ///< which keys are; empty: none. The first key never counts as one.
    std::vector<int>
        same; ///< keys with equal numbers are the same token; empty: none are. Of self attention.
    bool crosses = false; ///< queries and keys are different tokens: places mean nothing
    bool causal = false; ///< a query sees the keys up to its own place
};

struct RoleScore {
    HeadRole role = HeadRole::Mixed;
    float score = 0; ///< 0..1, see scoreOf
};

/// How much of a head's attention a role explains, 0..1; 0 for roles that mean nothing here.
/// - Previous, Next, Self, First, Separator, Repeated: mean over the queries that have such a key of the
/// weight on it
///   (them). First leaves out the first query of causal attention, which has no choice. Source: Clark et al.
///   2019 §3.1-3.2 (position, [CLS], [SEP]); Voita et al. 2019 §5.1 (positional heads).
/// - Local: mean weight within three tokens on either side. Source: the same, taken as one window.
/// - Broad: mean over the queries of entropy / log(number of keys it sees). Source: Clark et al. 2019 §3.3
/// (entropy). Exact up to 64 tokens, where the thumbnail is the map. Above, lower bounds from the statistics
/// of rows: the largest weight of a row counts where it is on such a key, and Local is 1 − mean distance / 4
/// (Markov's inequality). First and Broad are exact at any length. Errors: 0 for a head whose weights are no
/// numbers.
float scoreOf(HeadRole role, const LayerAttention& layer, int head, const RoleTokens& tokens);

/// The best of Previous to Repeated when it reaches 0.4; else Local from 0.7 on, else Broad from 0.85 on,
/// else Mixed with the best score there was.
RoleScore roleOf(const LayerAttention& layer, int head, const RoleTokens& tokens);

} // namespace headlight
