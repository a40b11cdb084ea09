#pragma once
// The layers of encoder-decoder models in the manner of the first transformer: self attention, a decoder's look at its
// encoder, feed-forward. BART, mBART, M2M100, Marian, Whisper and TrOCR differ in shapes and in where the norms stand.
// Source: Vaswani et al. 2017; norms before each part: Xiong et al. 2020.

#include "core/nn/attention.h"

namespace headlight {

enum class NormPlace {
    Before, ///< x + part(norm(x))
    After, ///< norm(x + part(x))
};

/// What the layers of one stack have in common.
struct PairLayerShape {
    std::int64_t width = 0, heads = 1, inner = 0;
    Activation activation = Activation::Gelu;
    NormPlace norms = NormPlace::After;
    Linear::Bias keyBias = Linear::Bias::Yes; ///< Whisper's keys have none
    std::int64_t statesWidth = 0; ///< of the encoder a decoder looks at; 0: as wide as itself
    float epsilon = 1e-5f, dropout = 0.0f;
};

/// "<name>self_attn.{q,k,v,out}_proj", "<name>self_attn_layer_norm", "<name>fc1", "<name>fc2", "<name>final_layer_norm".
struct PairEncoderLayer {
    SelfAttention attention;
    Norm attentionNorm, outputNorm;
    FeedForward feedForward;
    NormPlace norms = NormPlace::After;
    float dropout = 0.0f;

    /// `name` ends with a dot; a site of kind Decoder sees only what came before.
    static PairEncoderLayer load(
        ParameterSource& source, const std::string& name, const PairLayerShape& shape, AttentionSite site);
    /// Shapes: x [ΣT,E] → [ΣT,E].
    Var operator()(const Var& x, const Packing& packing, Run& run) const;

    /// The halves of the layer, for a decoder that looks at its encoder between them.
    Var attend(const Var& x, const Packing& packing, Run& run) const;
    Var feed(const Var& x, Run& run) const;
};

/// The same and "<name>encoder_attn.{q,k,v,out}_proj", "<name>encoder_attn_layer_norm".
struct PairDecoderLayer {
    PairEncoderLayer self;
    CrossAttention cross;
    Norm crossNorm;

    static PairDecoderLayer load(
        ParameterSource& source, const std::string& name, const PairLayerShape& shape, AttentionSite site);
    struct Encoder {
        const Var& states; ///< [ΣS,Es]
        const Packing& packing;
    };
    /// Shapes: x [ΣT,E] → [ΣT,E].
    Var operator()(const Var& x, const Packing& packing, const Encoder& encoder, Run& run) const;
};

} // namespace headlight
