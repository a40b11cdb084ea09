#pragma once
// Llama's layout with routed experts in place of the feed-forward part of some layers.

#include "core/models/rotary_decoder.h"
#include "core/nn/experts.h"

namespace headlight {

struct ExpertSettings {
    Router router = {}; ///< without its parameters
    std::int64_t count = 1, inner = 1; ///< experts, and how wide each is inside
    std::string part = "mlp."; ///< names below "model.layers.N."
    GatedNames names = {};
    std::int64_t sharedInner = 0; ///< of the expert that all tokens take, "shared_experts."; 0: none
    bool corrected = false; ///< the router has a correction, "gate.e_score_correction_bias"
    std::function<bool(std::int64_t layer)> in = {}; ///< layers with experts, others are dense; empty: all
    /// Instead of gated experts of a map each: all experts of a layer.
    std::function<std::vector<std::function<Var(const Var&, Run&)>>(const RotaryDecoderSettings::Place&)>
        own = {};
    const char* gate = "gate"; ///< the router's map
    Linear::Bias gateBias = Linear::Bias::No;
};

/// Numbers that do not fit each other become problems of `config`.
std::unique_ptr<Model> makeExpertDecoder(
    Config& config, ParameterSource& source, RotaryDecoderSettings settings, const ExpertSettings& experts);

} // namespace headlight
