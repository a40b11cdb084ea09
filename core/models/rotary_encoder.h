#pragma once
// Encoders of BERT's line whose positions turn: words and types normed, then layers of one joint projection
// with a norm after each sum. NomicBERT and Jina's embeddings differ in names, biases and feed-forward.

#include "core/models/encoder_model.h"
#include "core/models/rope_settings.h"

namespace headlight {

/// Where the parts of such a model are found, and what they are.
struct RotaryEncoderLayout {
    std::string prefix; ///< "nomic_bert."
    std::string attention; ///< of a layer: "attn"
    Linear::Bias attentionBias = Linear::Bias::Yes;
    /// Between the norms of a layer, whose name it gets ("nomic_bert.encoder.layers.0.").
    std::function<std::function<Var(const Var&, Run&)>(ParameterSource&, const std::string& layer)> forward;
};

class RotaryEncoder : public EncoderModel {
protected:
    RotaryEncoder(Config& config, const EncoderSizes& sizes, const RopeDefaults& rope);
    void load(ParameterSource& source, const RotaryEncoderLayout& layout);
    const Embedding& words() const { return m_embeddings.words; }

private:
    /// x = norm(x + attention(x)); x = norm(x + forward(x)).
    struct Layer {
        SelfAttention attention;
        Norm attentionNorm, outputNorm;
        std::function<Var(const Var&, Run&)> forward;
    };
    Var encode(std::span<const ModelInput> batch, const WordRows& rows, Run& run) const override;

    WordEmbeddings m_embeddings;
    RotaryPositions m_rotary;
    std::vector<Layer> m_layers;
};

} // namespace headlight
