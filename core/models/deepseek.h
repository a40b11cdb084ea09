#pragma once
// What DeepSeek-V2 and V3 share: queries, keys and values through narrow latent vectors, and routed experts
// beside one that all tokens take.

#include "core/models/expert_layers.h"

namespace headlight {

struct DeepseekSettings {
    RotaryDecoderSettings decoder;
    ExpertSettings experts;
};

/// What the two have without keys in the file.
struct DeepseekDefaults {
    RotaryDecoderDefaults sizes = {};
    std::int64_t positions = 2048, experts = 64, chosen = 6, inner = 1407, shared = 2, firstRouted = 0;
    float factor = 1.0f;
};

/// Everything but how experts are chosen.
DeepseekSettings readDeepseek(Config& config, const DeepseekDefaults& defaults);

} // namespace headlight
