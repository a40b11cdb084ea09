#pragma once
// Routed experts: of many feed-forward parts each token takes a few. Which ones a router says, and only the
// parameters of those that some token takes are read. Source: Shazeer et al. 2017; Fedus et al. 2022
// (Switch).

#include "core/nn/layers.h"

namespace headlight {

/// From a token's state to the experts it takes and how much of each.
struct Router {
    std::optional<Norm> norm = {}; ///< of what is mapped
    float inputScale = 1.0f; ///< of what is mapped, behind the norm
    enum class Scores {
        Softmax, ///< over all experts
        Sigmoid, ///< each for itself (DeepSeek-V3)
        SoftmaxOfChosen, ///< the logits choose, and a softmax over those chosen weighs (gpt-oss)
    };
    Linear map; ///< [E → experts]
    Scores scores = Scores::Softmax;
    std::int64_t chosen = 1; ///< experts per token
    ParameterRef correction = nullptr; ///< [experts], added for the choice only
    /// Experts stand in groups of one size, and only those of the best groups may be chosen. Source:
    /// DeepSeek-AI 2024 (V2).
    std::int64_t groups = 1, groupsChosen = 1;
    std::int64_t groupBest = 1; ///< a group counts as much as its best so many experts together
    bool normalised = false; ///< the weights of a token's experts are made to sum to one
    float factor = 1.0f; ///< of the weights, after that
    ParameterRef expertFactors = nullptr; ///< [experts], of the weights as well (Gemma 4)

    struct Choice {
        std::vector<std::int32_t> experts; ///< [T·chosen], best first
        Var weights; ///< [T,chosen]
    };
    /// Shapes: x [T,E].
    Choice operator()(const Var& x, Run& run) const;
};

/// Shapes: x [T,E] → [T,E]. Tokens that take the same expert are one product. Records who took what, if the
/// run wants it.
struct Experts {
    AttentionSite site; ///< of the layer's attention
    Router router;
    std::optional<Norm> before = {}; ///< of what experts read; the router reads it as it is
    std::vector<std::function<Var(const Var&, Run&)>> experts = {}; ///< [n,E] → [n,E] each
    std::function<Var(const Var&, Run&)> shared = {}; ///< added for every token (DeepSeek); empty: none
    Var operator()(const Var& x, Run& run) const;
};

/// The maps of all experts in one parameter: [experts,out,in], or [experts,in,out] (transposed).
struct StackedLinear {
    ParameterRef weight, bias = nullptr; ///< [experts,out]; null: none
    bool transposed = false;
    /// Shapes: x [n,in] → [n,out].
    Var operator()(std::int64_t expert, const Var& x, Run& run) const;
};

/// Gated experts stored so: "<name>gate_up_proj" [experts,2·inner,E], gates first, and "<name>down_proj".
std::vector<std::function<Var(const Var&, Run&)>> loadStackedExperts(ParameterSource& source, const std::string& name,
    std::int64_t experts, std::int64_t width, std::int64_t inner, Activation activation);

/// Parameters below `name`: gate, line in and line out, as the family calls them.
struct GatedNames {
    const char *gate = "gate_proj", *in = "up_proj", *out = "down_proj";
    Linear::Bias bias = Linear::Bias::No;
};
GatedFeedForward loadGated(ParameterSource& source, const std::string& name, std::int64_t width,
    std::int64_t inner, Activation activation, const GatedNames& names = {});

} // namespace headlight
