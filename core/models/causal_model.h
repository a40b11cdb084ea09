#pragma once
// What all decoder-only models share: rows of tokens through a stack of layers to word logits (or classes). A family
// brings embedding, layers and last norm.

#include "core/models/config.h"
#include "core/models/word_input.h"
#include "core/nn/decoder_layer.h"

namespace headlight {

class CausalModel : public Model {
public:
    bool readsOn(const ModelInput& input) const override;
    Status check(const ModelInput& input) const final;
    std::int64_t tokens(const ModelInput& input) const final { return std::int64_t(input.ids.size()); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const final;

protected:
    struct Sizes {
        std::int64_t vocabulary, width, layers, heads, headSize;
        std::int64_t positions = 0; ///< 0: no limit
    };
    /// Fills ModelInfo; the task follows from the architecture's name.
    void describe(Config& config, const Sizes& sizes, std::string attention);
    struct HeadNames {
        bool tied = true; ///< without tie_word_embeddings in the file
        bool bias = false; ///< of lm_head
        std::string headName = "lm_head";
        bool tiedUnlessStored = false; ///< whatever the file says
        std::int64_t width = 0; ///< of what the heads see; 0: the model's
    };
    /// Loads what stands on the stack: lm_head, score or qa_outputs. After the embedding was loaded.
    void loadHead(Config& config, ParameterSource& source, const Embedding& words, const HeadNames& names);
    /// Final soft cap of word logits (Gemma 2); 0: none. Logits are multiplied by `m_logitScale` before it.
    float m_logitCap = 0.0f, m_logitScale = 1.0f;

    /// Every token sees what comes after it as well (EmbeddingGemma): the stack encodes, and cannot write.
    bool m_bothWays = false;
    AttentionKind kind() const { return m_bothWays ? AttentionKind::Encoder : AttentionKind::Decoder; }

    /// A text that grows past this length in a cache is read anew; 0: never.
    std::int64_t m_rereadsPast = 0;
    /// Longer texts turn their first tokens otherwise than shorter ones, so that they cannot be read on; 0: none do.
    std::int64_t m_readsOnUpTo = 0;
    /// Both of the above, as rotary positions of one kind have it.
    void limitLength(const RotaryPositions& kind);

    /// Shapes: → [ΣT,E].
    virtual Var embed(const WordRows& rows, Run& run) const = 0;
    /// Angles of the rows, one set per kind of layer; none by default.
    virtual std::vector<RotaryAngles> angles(const WordRows&) const { return {}; }
    /// What stands beside the words of a pass: pictures. Empty parts leave everything as it is.
    struct Beside {
        Var words = {}; ///< in place of `embed`: [ΣT,E]
        std::vector<RotaryAngles> angles = {}; ///< in place of `angles`
        /// The span of a layer whose own is `own`.
        std::function<std::shared_ptr<const Span>(const std::shared_ptr<const Span>& own)> span = {};
        std::vector<Var> added = {}; ///< to the states behind the first layers: [ΣT,E] each
        ModelOutputs outputs = {};
    };
    virtual Beside beside(std::span<const ModelInput>, const WordRows&, Run&) const { return {}; }
    virtual Status checkBeside(const ModelInput&) const { return {}; }
    /// What layers leave for later ones of the same pass.
    struct HandedOn {
        Var ofWords; ///< made once of the embedding, for all layers
        SharedRows rows;
    };
    struct LayerPass {
        const WordRows& rows;
        std::span<const RotaryAngles> angles;
        HandedOn& handedOn;
        Run& run;
        const Beside& beside;
    };
    /// Shapes: [ΣT,E] → [ΣT,E].
    virtual Var layer(int index, const Var& x, const LayerPass& pass) const = 0;
    virtual Var finish(const Var& x, Run& run) const = 0;

private:
    ModelOutputs read(std::span<const ModelInput> batch, Run& run) const;
    ModelOutputs readAnew(std::int64_t added, Run& run) const;
    ModelOutputs outputs(std::span<const ModelInput> batch, const Var& hidden, const WordRows& rows, Run& run) const;
    Var wordLogits(const Var& hidden, Run& run) const;
    /// The row that stands for each text: the last token that is not padding.
    std::vector<std::int64_t> classifyingRows(std::span<const ModelInput> batch, const WordRows& rows) const;

    std::optional<Linear> m_words, m_score, m_spans;
    std::optional<std::int64_t> m_padding;
};

/// A feature's two scores as start_logits and end_logits. Shapes: hidden [ΣT,E] → two of [ΣT].
void addSpanLogits(ModelOutputs& outputs, const Var& hidden, const Linear& spans, Run& run);

} // namespace headlight
