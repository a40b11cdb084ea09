#pragma once
// GPT-2's stack of layers, alone and as the decoder of a pair, where each layer also looks at an encoder.
// Source: Radford et al. 2019.

#include "core/models/config.h"
#include "core/models/word_input.h"
#include "core/nn/attention.h"

namespace headlight {

struct Gpt2Config {
    std::int64_t vocabulary, width, layers, heads, inner, positions;
    float epsilon;
    Activation activation;
    bool scaled, scaledByLayer;
    bool looks = false; ///< at an encoder

    static Gpt2Config read(Config& config);
    /// Before the softmax of layer `index`.
    float scale(int index) const;
};

/// Norms before each part, joint projections stored [in,out].
struct Gpt2Layer {
    Norm before, after;
    SelfAttention attention;
    FeedForward feedForward;
    std::optional<Norm> crossNorm;
    std::optional<CrossAttention> cross;

    /// `name` is "transformer.h.0.".
    static Gpt2Layer load(ParameterSource& source, const std::string& name, const Gpt2Config& config, int index);
    struct Encoder {
        const Var& states; ///< [ΣS,E]
        const Packing& packing;
    };
    /// Shapes: x [ΣT,E] → [ΣT,E]. `encoder` is null where there is none.
    Var operator()(const Var& x, const Packing& packing, const Encoder* encoder, Run& run) const;
};

/// Words and learned positions, layers, last norm.
struct Gpt2Stack {
    Embedding words, positions;
    std::vector<Gpt2Layer> layers;
    Norm norm;

    /// `prefix` is "transformer.".
    static Gpt2Stack load(ParameterSource& source, const std::string& prefix, const Gpt2Config& config);
    Var embed(const WordRows& rows, Run& run) const { return add(words(rows.ids, run), positions(rows.positions, run)); }
};

} // namespace headlight
