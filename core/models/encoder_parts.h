#pragma once
// What encoders of BERT's line are built of: the sum of word, position and type embeddings, and layers with a norm after
// each residual sum. Families differ in names and sizes; these parts take both as values.

#include "core/models/config.h"
#include "core/models/word_input.h"
#include "core/nn/attention.h"

namespace headlight {

/// The numbers of config.json that nearly every encoder has. A family sets its defaults, then reads.
struct EncoderSizes {
    std::int64_t vocabulary = 30522, width = 768, layers = 12, heads = 12, inner = 3072;
    std::int64_t positions = 512; ///< rows of the position table
    std::int64_t types = 2; ///< 0: no token types
    std::int64_t embedding = 0; ///< numbers per word before the first layer; 0: as many as `width`
    float epsilon = 1e-12f, dropout = 0.1f;
    Activation activation = Activation::Gelu;
    /// Positions count tokens other than this one, and begin after its number (fairseq's way); empty: 0, 1, 2 ...
    std::optional<std::int64_t> padding = {};
    /// Positions are added to words, or queries (and keys) are multiplied with learned vectors of their distance.
    enum class Places { Absolute, RelativeKey, RelativeKeyQuery } places = Places::Absolute;

    /// Reads hidden_size, num_hidden_layers and so on; notes what cannot be.
    static EncoderSizes read(Config& config, const EncoderSizes& defaults);
    /// Reads position_embedding_type, for the families that have a choice.
    void readPlaces(Config& config);
    std::int64_t embeddingWidth() const { return embedding == 0 ? width : embedding; }
    /// Tokens that positions reach for.
    std::int64_t longestText() const { return padding ? positions - *padding - 1 : positions; }
};

/// norm(projection(words + types + positions)). Source: Devlin et al. 2019, fig. 2.
struct WordEmbeddings {
    Embedding words;
    std::optional<Embedding> types, positions;
    std::optional<Linear> projection; ///< to the layers' width, where it comes before the norm
    Norm norm;
    float dropout = 0.0f, scale = 1.0f; ///< `scale` multiplies the words
    enum class Positions { Yes, No };
    /// Parameters: word_embeddings, position_embeddings, token_type_embeddings and LayerNorm under `name`;
    /// `projection` there too, if it is given and the widths differ.
    static WordEmbeddings load(ParameterSource& source, const std::string& name, const EncoderSizes& sizes,
        Positions withPositions = Positions::Yes, const std::string& projection = {});
    Var operator()(const WordRows& rows, Run& run) const;
};

/// Where a layer's parts are found, after the layer's own name.
struct PostNormNames {
    std::string query = "attention.self.query", key = "attention.self.key", value = "attention.self.value",
                attended = "attention.output.dense", attentionNorm = "attention.output.LayerNorm",
                in = "intermediate.dense", out = "output.dense", outputNorm = "output.LayerNorm",
                distances = "attention.self.distance_embedding";
    Linear::Bias projectionBias = Linear::Bias::Yes; ///< of query, key and value
};

/// x = norm(x + attention(x)); x = norm(x + feedForward(x)). Source: Vaswani et al. 2017, §3.1.
struct PostNormLayer {
    SelfAttention attention;
    Norm attentionNorm, outputNorm;
    FeedForward feedForward;
    float dropout = 0.0f;
    /// Vectors of distances for RelativeKey: [2·positions − 1, D], the middle row for distance 0.
    std::optional<Embedding> distances = {};
    bool distancesToKeys = false; ///< keys are multiplied with them as well

    static PostNormLayer load(ParameterSource& source, const std::string& name, const EncoderSizes& sizes,
        AttentionSite site, const PostNormNames& names = {});
    Var operator()(const Var& x, const Packing& packing, Run& run, const std::shared_ptr<const ScoreBias>& bias = nullptr) const;
    /// The rest of the layer, for families whose attention is their own: `attended` is what its output map made.
    Var afterAttention(const Var& x, const Var& attended, Run& run) const;

private:
    Var attendByDistance(const Var& x, const Packing& packing, Run& run) const;
};

/// One row for each text: the mean of its tokens, padding left out. Shapes: hidden [ΣT,E] → [n,E].
Var meansOfTexts(const Var& hidden, const Packing& packing);

} // namespace headlight
