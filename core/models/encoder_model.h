#pragma once
// What all encoders of words share: ids checked and packed, a stack of layers, and the heads that may stand on it. A
// family brings embeddings and layers, and says how its heads are named.

#include "core/models/encoder_parts.h"

namespace headlight {

/// A linear map, an activation and perhaps a norm before a head's last map. Without a name there is none of it.
struct HeadTransform {
    std::string dense = {}, norm = {};
    Activation activation = Activation::Tanh;
    Linear::Bias bias = Linear::Bias::Yes, normBias = Linear::Bias::Yes;
};

/// How a family's heads are named and shaped. Parts that a family lacks stay empty.
struct HeadLayout {
    HeadTransform words = {}, classes = {}, tokenClasses = {}, spanScores = {}, replaced = {};
    /// Of masked words. The decoder's weight is the word embedding unless untied (without a name always); its bias has
    /// a name of its own.
    std::string decoder = {}, decoderBias = {};
    std::string classifier = "classifier", tokenClassifier = "classifier", spans = "qa_outputs";
    Linear::Bias tokenBias = Linear::Bias::Yes; ///< of `tokenClassifier`
    std::string replacedOutput = {}; ///< ELECTRA's discriminator: one logit per token
    HeadTransform pooler = {}; ///< of a bare model, on its first row
    /// The row that stands for a text before `classes`.
    enum class Pooling {
        First,
        Mean,
        MeanOfScores, ///< the head runs on every row, and its scores are averaged
    } pooling = Pooling::First;
    bool tied = true; ///< the decoder's weight, without tie_word_embeddings in the file

    /// Names as in BERT's checkpoints; `prefix` is that of the encoder ("bert.").
    static HeadLayout bert(const std::string& prefix, Activation activation);
    /// Names as in RoBERTa's checkpoints, which XLM-R, MPNet and Longformer took over.
    static HeadLayout roberta(const std::string& prefix);
};

/// transform, activation, norm, output; the first three may be absent.
struct OutputHead {
    std::optional<Linear> transform;
    Activation activation = Activation::Identity;
    std::optional<Norm> norm;
    std::optional<Linear> output;
    float dropout = 0.0f; ///< before `output`
    Var operator()(Var x, Run& run) const;
};

class EncoderModel : public Model {
public:
    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const final { return std::int64_t(input.ids.size()); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const final;

protected:
    /// Fills ModelInfo; the task follows from the architecture's name.
    EncoderModel(Config& config, const EncoderSizes& sizes, std::string attention);
    /// Loads what stands on the stack, as the task asks. After the embeddings were loaded.
    void loadHeads(Config& config, ParameterSource& source, const Embedding& words, const HeadLayout& layout);

    /// Embeddings and layers. Shapes: → [ΣT,E].
    virtual Var encode(std::span<const ModelInput> batch, const WordRows& rows, Run& run) const = 0;
    /// Records the embedding output, then runs `layer` for 0 ... count-1 and records after each.
    Var stack(Var hidden, std::int64_t count, Run& run, const std::function<Var(int index, const Var& x)>& layer) const;
    /// What the scores of an answer's start and end are made from.
    virtual Var beforeSpans(const Var& hidden, Run& run) const { return m_head(hidden, run); }
    /// Added to these scores; an empty one: nothing. Shapes: [ΣT,2].
    virtual Var spanBias(std::span<const ModelInput>, const Packing&) const { return {}; }

    EncoderSizes m_sizes;

private:
    OutputHead loadHead(ParameterSource& source, const HeadTransform& transform, std::int64_t width) const;
    void loadWordHead(Config& config, ParameterSource& source, const Embedding& words, const HeadLayout& layout);
    WordRows pack(std::span<const ModelInput> batch, const Run& run) const;
    void addSpans(ModelOutputs& outputs, std::span<const ModelInput> batch, const Var& hidden, const Packing& packing, Run& run) const;
    Var representatives(const Var& hidden, const Packing& packing) const;

    OutputHead m_head; ///< empty for bare models
    std::optional<Linear> m_spans;
    std::optional<OutputHead> m_pooler;
    HeadLayout::Pooling m_pooling = HeadLayout::Pooling::First;
    bool m_findsReplaced = false; ///< one logit per token: was it replaced?
};

/// An encoder that is nothing but embeddings, perhaps a projection, and post-norm layers with dot products.
class PlainEncoder : public EncoderModel {
protected:
    struct Layout {
        std::string embeddings, layers; ///< "bert.embeddings.", "bert.encoder.layer."
        std::string projection = {}; ///< from the embeddings' width to the layers', where they differ
        PostNormNames parts = {};
    };
    PlainEncoder(Config& config, const EncoderSizes& sizes)
        : EncoderModel(config, sizes, "softmax, every token sees every token")
    {
    }
    void load(ParameterSource& source, const Layout& layout);
    Var encode(std::span<const ModelInput> batch, const WordRows& rows, Run& run) const override;

    WordEmbeddings m_embeddings;

private:
    std::optional<Linear> m_projection;
    std::vector<PostNormLayer> m_layers;
};

} // namespace headlight
