#pragma once
// How a config.json says that positions turn, in the old form ("rope_theta", "rope_scaling") and in the newer one
// ("rope_parameters"): read in one place for all families.

#include "core/models/config.h"
#include "core/nn/rope.h"

namespace headlight {

/// What a family knows of its rotary positions before it reads the file.
struct RopeDefaults {
    std::int64_t headSize = 0;
    std::int64_t positions = 2048; ///< without max_position_embeddings in the file
    float base = 10000.0f; ///< without a base in the file
    float share = 1.0f; ///< of each head that turns, without one in the file
    const char* baseKey = "rope_theta";
    const char* shareKey = "partial_rotary_factor";
    /// Newer files may nest the parameters by kind of layer ("full_attention"); null: those of all layers.
    const char* layerKind = nullptr;
    bool scaled = true; ///< false: a scaling is meant for these layers only where it is nested
    const char* kind = "default"; ///< of scaling, without one in the file
    std::int64_t originalPositions = 0; ///< of LongRoPE, without original_max_position_embeddings in the file
    /// Stands for "rope_parameters" where a file does not mention any scaling, not even null; null: there is none.
    const char* unmentioned = nullptr;
    RotaryPairs pairs = RotaryPairs::Halves; ///< the key "rope_interleaved" overrules it
};

/// Scalings: default, linear, dynamic, llama3, yarn, longrope (also called su), proportional. Another one becomes a problem of `config`.
/// With a key of our own, "rope_interleaved", neighbours turn together (files whose q and k were permuted so).
RotaryPositions readRope(Config& config, const RopeDefaults& defaults);

} // namespace headlight
