#pragma once
// Pairs of a text encoder and a text decoder that learned from BART: BART itself, mBART, M2M100 and Marian say how they
// differ in a TextPairStyle, and this is the model.

#include "core/models/families.h"
#include "core/models/pair_model.h"
#include "core/models/pair_stacks.h"

namespace headlight {

struct TextPairStyle {
    NormPlace norms = NormPlace::After;
    bool embeddingNorm = false, finalNorm = false;
    PairPositions::Kind positions = PairPositions::Kind::Learned;
    /// What the reference assumes where config.json says nothing.
    std::int64_t vocabulary = 50265, padding = 1;
    const char* activation = "gelu";
    bool scaleEmbedding = false;
    std::int64_t labels = 2; ///< of a classifier
    bool outputBias = true; ///< files may hold final_logits_bias
    /// What the decoder is fed when nothing is said: what was read, moved right by one behind ...
    enum class Implied {
        Nothing, ///< (it must be said)
        StartToken, ///< ... the start token
        LastToken, ///< ... its own last token, the language of mBART
    } implied = Implied::Nothing;
};

class TextPair final : public PairModel {
public:
    TextPair(Config& config, ParameterSource& source, const TextPairStyle& style);
    std::vector<std::int64_t> impliedDecoderIds(const ModelInput& input) const override;

private:
    void describeFrom(Config& config, const PairStackShape& encoder, const PairStackShape& decoder);
    void loadWords(Config& config, ParameterSource& source);
    void loadHead(Config& config, ParameterSource& source);
    Encoded encode(std::span<const ModelInput> batch, Run& run) const override;
    Var decode(const DecoderPass& pass) const override;
    Status checkSource(const ModelInput& input) const override;
    std::int64_t decoderRows() const override { return m_decoderWords.table->value.shape()[0]; }
    ModelOutputs outputs(std::span<const ModelInput> batch, const Var& hidden, const DecoderPass& pass) const override;
    /// The row of each text's last end token.
    std::vector<std::int64_t> endRows(std::span<const ModelInput> batch, const WordRows& rows) const;

    TextPairStyle m_style;
    std::int64_t m_padding, m_start, m_end;
    Embedding m_encoderWords, m_decoderWords;
    PairEncoder m_encoder;
    PairDecoder m_decoder;
    std::optional<Linear> m_dense, m_classes, m_spans;
};

} // namespace headlight
