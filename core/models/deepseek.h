#pragma once
// What DeepSeek-V2 and V3 share: queries, keys and values through narrow latent vectors, and routed experts
// beside one that all tokens take.

#include "core/models/expert_layers.h"

namespace headlight {

struct DeepseekSettings {
    RotaryDecoderSettings decoder;
    ExpertSettings experts;
};

/// Everything but how experts are chosen.
DeepseekSettings readDeepseek(Config& config);

} // namespace headlight
