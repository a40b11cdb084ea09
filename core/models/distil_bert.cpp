// DistilBERT: half of BERT's layers, no token types, no pooler. Source: Sanh et al. 2019.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    EncoderSizes s;
    s.vocabulary = config.size("vocab_size", 30522);
    s.width = config.size("dim", 768);
    s.layers = config.size("n_layers", 6, 1000);
    s.heads = config.size("n_heads", 12, 4096);
    s.inner = config.size("hidden_dim", 4 * 768);
    s.positions = config.size("max_position_embeddings", 512);
    s.types = 0;
    s.dropout = config.real("dropout", 0.1f);
    s.activation = config.activation("activation", "gelu");
    if (s.width % s.heads != 0)
        config.problem(fmt::format("dim {} cannot be shared by {} heads.", s.width, s.heads));
    return s;
}

PostNormNames layerNames()
{
    return { .query = "attention.q_lin", .key = "attention.k_lin", .value = "attention.v_lin", .attended = "attention.out_lin",
        .attentionNorm = "sa_layer_norm", .in = "ffn.lin1", .out = "ffn.lin2", .outputNorm = "output_layer_norm" };
}

HeadLayout headNames(Activation activation)
{
    HeadLayout heads;
    heads.words = { .dense = "vocab_transform", .norm = "vocab_layer_norm", .activation = activation };
    heads.decoder = "vocab_projector";
    heads.decoderBias = "vocab_projector.bias";
    heads.classes = { .dense = "pre_classifier", .activation = Activation::Relu };
    return heads;
}

class DistilBert final : public PlainEncoder {
public:
    DistilBert(Config& config, ParameterSource& source)
        : PlainEncoder(config, readSizes(config))
    {
        load(source, { "distilbert.embeddings.", "distilbert.transformer.layer.", {}, layerNames() });
        loadHeads(config, source, m_embeddings.words, headNames(m_sizes.activation));
    }
};

constexpr std::array<std::string_view, 5> architectures { "DistilBertModel", "DistilBertForSequenceClassification",
    "DistilBertForMaskedLM", "DistilBertForQuestionAnswering", "DistilBertForTokenClassification" };

} // namespace

const ModelFamily distilBertFamily { "distilbert", "DistilBERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<DistilBert>(config, source); },
    "distilbert." };

} // namespace headlight
