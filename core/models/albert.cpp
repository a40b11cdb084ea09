// ALBERT: BERT with narrow words and layers that share their parameters in groups. Source: Lan et al. 2020.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

EncoderSizes readSizes(Config& config)
{
    EncoderSizes s = EncoderSizes::read(config,
        { .vocabulary = 30000, .width = 4096, .heads = 64, .inner = 16384, .dropout = 0.0f, .activation = Activation::GeluTanh });
    s.embedding = config.size("embedding_size", 128);
    s.readPlaces(config);
    return s;
}

PostNormNames layerNames()
{
    return { .query = "attention.query", .key = "attention.key", .value = "attention.value", .attended = "attention.dense",
        .attentionNorm = "attention.LayerNorm", .in = "ffn", .out = "ffn_output", .outputNorm = "full_layer_layer_norm",
        .distances = "attention.distance_embedding" };
}

HeadLayout headNames(Activation activation)
{
    HeadLayout heads;
    heads.words = { .dense = "predictions.dense", .norm = "predictions.LayerNorm", .activation = activation };
    heads.decoder = "predictions.decoder";
    heads.decoderBias = "predictions.bias";
    heads.pooler = { .dense = "albert.pooler" };
    heads.classes = heads.pooler;
    return heads;
}

class Albert final : public EncoderModel {
public:
    Albert(Config& config, ParameterSource& source)
        : EncoderModel(config, readSizes(config), "softmax, every token sees every token; layers share their parameters")
    {
        const std::int64_t groups = config.size("num_hidden_groups", 1, 1000);
        m_inner = config.size("inner_group_num", 1, 1000);
        if (groups > m_sizes.layers)
            config.problem(fmt::format("{} groups of parameters are more than the {} layers.", groups, m_sizes.layers));
        m_info.layers = int(m_sizes.layers * m_inner); // each has an attention of its own
        m_embeddings = WordEmbeddings::load(source, "albert.embeddings.", m_sizes);
        m_projection = Linear::load(source, "albert.encoder.embedding_hidden_mapping_in", m_sizes.embedding, m_sizes.width);
        for (std::int64_t i = 0; i < m_sizes.layers; ++i)
            loadGroup(source, i, std::int64_t(double(i) / (double(m_sizes.layers) / double(groups))));
        loadHeads(config, source, m_embeddings.words, headNames(m_sizes.activation));
    }

private:
    /// The layers that step `step` of the stack runs; other steps may run them too.
    void loadGroup(ParameterSource& source, std::int64_t step, std::int64_t group)
    {
        for (std::int64_t i = 0; i < m_inner; ++i)
            m_layers.push_back(PostNormLayer::load(source,
                fmt::format("albert.encoder.albert_layer_groups.{}.albert_layers.{}.", group, i), m_sizes,
                { AttentionKind::Encoder, int(step * m_inner + i) }, layerNames()));
    }
    Var encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const override
    {
        return stack(m_projection(m_embeddings(rows, run), run), m_sizes.layers, run, [&](int step, Var x) {
            for (std::int64_t i = 0; i < m_inner; ++i)
                x = m_layers[std::size_t(step * m_inner + i)](x, rows.packing, run);
            return x;
        });
    }

    std::int64_t m_inner = 1;
    WordEmbeddings m_embeddings;
    Linear m_projection;
    std::vector<PostNormLayer> m_layers;
};

constexpr std::array<std::string_view, 6> architectures { "AlbertModel", "AlbertForSequenceClassification",
    "AlbertForMaskedLM", "AlbertForQuestionAnswering", "AlbertForTokenClassification", "AlbertForPreTraining" };

} // namespace

const ModelFamily albertFamily { "albert", "ALBERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Albert>(config, source); },
    "albert." };

} // namespace headlight
