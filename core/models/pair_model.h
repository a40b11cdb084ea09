#pragma once
// What all models with an encoder and a decoder share: the encoder's states, the decoder that looks at them, outputs, and
// the protocol of writing token by token. A family brings `encode` and `decode`.

#include "core/models/config.h"
#include "core/models/word_input.h"
#include "core/nn/layer_stack.h"

namespace headlight {

class PairModel : public Model {
public:
    Status check(const ModelInput& input) const final;
    std::int64_t tokens(const ModelInput& input) const override { return std::int64_t(input.ids.size()); }
    /// With a cache the encoder runs in the first pass only; decoderIds are then the new tokens.
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const final;

protected:
    struct Sizes {
        std::int64_t vocabulary = 0, decoderVocabulary = 0;
        std::int64_t width, heads, headSize, encoderLayers, decoderLayers;
        std::int64_t positions = 0, decoderPositions = 0; ///< 0: no limit
    };
    /// Fills ModelInfo; the task follows from the architecture's name. An architecture that ends with "EncoderModel" has
    /// no decoder.
    void describe(Config& config, const Sizes& sizes, std::string attention);

    struct WordHead {
        ParameterRef weight; ///< [V,E]
        ParameterRef bias = nullptr; ///< V numbers; null: zeros
        float scale = 1.0f; ///< of the hidden states before it
    };
    /// `name`.weight, or the decoder's words if they are tied.
    static WordHead loadWordHead(
        ParameterSource& source, const std::string& name, const Embedding& words, const Shape& shape, bool tied);
    std::optional<WordHead> m_words;

    struct Encoded {
        Var states; ///< [ΣS,E]
        Packing packing;
        ModelOutputs outputs = {}; ///< beyond the states
    };
    virtual Encoded encode(std::span<const ModelInput> batch, Run& run) const = 0;
    struct DecoderPass {
        const WordRows& rows;
        const Encoded& encoder;
        Run& run;
    };
    /// Shapes: → [ΣT,E], after the last norm.
    virtual Var decode(const DecoderPass& pass) const = 0;

    /// What the encoder cannot read, in one sentence.
    virtual Status checkSource(const ModelInput& input) const;
    /// Rows of the decoder's word table, where they are more than it can write.
    virtual std::int64_t decoderRows() const { return m_info.decoderVocabulary; }
    /// Which decoder tokens may be seen: 1 for each; empty: all.
    virtual std::vector<std::uint8_t> decoderMask(const ModelInput&) const { return {}; }
    /// Words if there is a head of words, else the last states.
    virtual ModelOutputs outputs(std::span<const ModelInput> batch, const Var& hidden, const DecoderPass& pass) const;
    /// The rows whose words are wanted (Run::outputRows), and their logits.
    static Var wantedRows(const Var& hidden, const Run& run);
    Var wordLogits(const Var& rows, Run& run) const;

private:
    Encoded encodeOnce(std::span<const ModelInput> batch, Run& run) const;
    WordRows packDecoder(std::span<const ModelInput> batch, const Run& run) const;
};

/// A word table that files hold under one of several names (shared ones are written once).
Embedding loadSharedWords(ParameterSource& source, std::span<const std::string> names, std::int64_t rows, std::int64_t width);

} // namespace headlight
