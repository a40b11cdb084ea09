#pragma once
// The small parts models are built of. Each knows its parameters by name and runs with or without a tape.

#include "core/nn/run.h"

#include <optional>

namespace headlight {

/// y = x·Wᵀ + b. Parameters: "<name>.weight" [out,in], "<name>.bias" [out] (may be absent).
struct Linear {
    ParameterRef weight, bias;
    enum class Bias { Yes, No };
    static Linear load(
        ParameterSource& source, const std::string& name, std::int64_t in, std::int64_t out, Bias withBias = Bias::Yes);
    Var operator()(const Var& x, Run& run) const;
};

/// Parameters: "<name>.weight" [E], "<name>.bias" [E].
struct LayerNorm {
    ParameterRef weight, bias;
    float epsilon = 1e-12f;
    static LayerNorm load(ParameterSource& source, const std::string& name, std::int64_t width, float epsilon);
    Var operator()(const Var& x, Run& run) const;
};

/// Parameters: "<name>.weight" [rows,E].
struct Embedding {
    ParameterRef table;
    static Embedding load(ParameterSource& source, const std::string& name, std::int64_t rows, std::int64_t width);
    Var operator()(std::span<const std::int64_t> ids, Run& run) const;
};

/// Two linear maps with an activation between. Shapes: [T,E] → [T,E].
struct FeedForward {
    Linear in, out;
    Activation activation = Activation::Gelu;
    Var operator()(const Var& x, Run& run) const;
};

/// Self attention of one layer: q, k, v, all heads, output projection.
struct SelfAttention {
    Linear query, key, value, output;
    int heads = 1;
    AttentionSite site;
    /// Shapes: x [ΣT,E] → [ΣT,E]. Records the layer's attention if the run wants it.
    Var operator()(const Var& x, const Packing& packing, Run& run) const;
};

/// "gelu", "gelu_new", "relu" ... as Hugging Face names them; empty for an unknown one.
std::optional<Activation> activationFromName(std::string_view name);

} // namespace headlight
