#pragma once
// The small parts models are built of. Each knows its parameters by name and runs with or without a tape.

#include "core/nn/run.h"

#include <optional>

namespace headlight {

/// y = x·Wᵀ + b. Parameters: "<name>.weight" [out,in], "<name>.bias" [out] (may be absent).
struct Linear {
    ParameterRef weight = {}, bias = {};
    bool transposed = false; ///< the weight is stored [in,out]
    enum class Bias { Yes, No };
    static Linear load(
        ParameterSource& source, const std::string& name, std::int64_t in, std::int64_t out, Bias withBias = Bias::Yes);
    /// As GPT-2 stores it ("Conv1D"): weight [in,out].
    static Linear loadTransposed(ParameterSource& source, const std::string& name, std::int64_t in, std::int64_t out);
    /// The weight is a parameter there is already (tied word embeddings), or a bias of another name.
    static Linear of(ParameterRef weight, ParameterRef bias = nullptr) { return { std::move(weight), std::move(bias), false }; }
    Var operator()(const Var& x, Run& run) const;
};

/// A norm over the last axis. Parameters: "<name>.weight" [E], "<name>.bias" [E], each where the kind has it.
struct Norm {
    enum class Kind { Layer, RootMeanSquare };
    ParameterRef weight, bias; ///< null: ones, zeros
    float epsilon = 1e-12f;
    Kind kind = Kind::Layer;
    float offset = 0.0f; ///< added to the weight of a root-mean-square norm (1 for Gemma)

    static Norm layer(ParameterSource& source, const std::string& name, std::int64_t width, float epsilon,
        Linear::Bias withBias = Linear::Bias::Yes);
    static Norm rootMeanSquare(
        ParameterSource& source, const std::string& name, std::int64_t width, float epsilon, float offset = 0.0f);
    /// A layer norm that learns nothing.
    static Norm plain(float epsilon) { return { nullptr, nullptr, epsilon, Kind::Layer, 0.0f }; }
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

/// out(activation(gate(x)) ∘ in(x)). Source: Shazeer 2020 (GLU variants).
struct GatedFeedForward {
    Linear gate, in, out;
    Activation activation = Activation::Silu;
    Var operator()(const Var& x, Run& run) const;
};

/// The same with gate and in side by side in one map.
struct JointGatedFeedForward {
    Linear joint, out;
    Activation activation = Activation::Silu;
    bool gateFirst = true;
    Var operator()(const Var& x, Run& run) const;
};

/// Columns of a joint projection, one part after the other. Shapes: x [T,Σ widths] → [T,widths[i]] each.
std::vector<Var> splitColumns(const Var& x, std::span<const std::int64_t> widths);
/// Joint projections that keep q, k and v of a head together ([H,parts,D] across a row): part `part` of every head.
Var interleavedPart(const Var& x, std::int64_t heads, std::int64_t parts, std::int64_t part);

/// "gelu", "gelu_new", "relu" ... as Hugging Face names them; empty for an unknown one.
std::optional<Activation> activationFromName(std::string_view name);

} // namespace headlight
