// BLOOM: no positions but a slope per head added to the scores; a norm right after the words; q, k and v of a head side by
// side. Source: Scao et al. 2022.

#include "core/models/decoder_stack.h"
#include "core/models/families.h"

namespace headlight {
namespace {

struct BloomConfig {
    std::int64_t vocabulary, width, layers, heads, headSize;
    float epsilon;
    DecoderLayer::Sums sums;
};

/// Files before 2022 use GPT-2's names for sizes.
BloomConfig readConfig(Config& config)
{
    const auto either = [&](const char* name, const char* older, std::int64_t fallback, std::int64_t largest) {
        return config.size(!config.has(name) && config.has(older) ? older : name, fallback, largest);
    };
    BloomConfig c {};
    c.vocabulary = config.size("vocab_size", 250880);
    c.width = either("hidden_size", "n_embed", 64, 1 << 24);
    c.layers = either("n_layer", "num_hidden_layers", 2, 1000);
    c.heads = either("n_head", "num_attention_heads", 8, 4096);
    c.headSize = evenHeadSize(config, c.width, c.heads);
    c.epsilon = config.real("layer_norm_epsilon", 1e-5f);
    c.sums = config.flag("apply_residual_connection_post_layernorm", false) ? DecoderLayer::Sums::OntoNorms
                                                                            : DecoderLayer::Sums::InTurn;
    return c;
}

DecoderLayer loadLayer(ParameterSource& source, const BloomConfig& c, int index)
{
    const std::string name = fmt::format("transformer.h.{}.", index);
    DecoderLayer layer;
    layer.sums = c.sums;
    layer.beforeAttention = Norm::layer(source, name + "input_layernorm", c.width, c.epsilon);
    layer.beforeForward = Norm::layer(source, name + "post_attention_layernorm", c.width, c.epsilon);
    layer.projections = Projections::grouped(
        Linear::load(source, name + "self_attention.query_key_value", c.width, 3 * c.width), c.heads, c.heads, c.headSize);
    layer.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .span = causalSpan() };
    layer.output = Linear::load(source, name + "self_attention.dense", c.width, c.width);
    layer.forward = FeedForward { Linear::load(source, name + "mlp.dense_h_to_4h", c.width, 4 * c.width),
        Linear::load(source, name + "mlp.dense_4h_to_h", 4 * c.width, c.width), Activation::GeluTanh };
    return layer;
}

class Bloom final : public DecoderStack {
public:
    Bloom(Config& config, ParameterSource& source)
    {
        const BloomConfig c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.headSize },
            "softmax with a slope per head (ALiBi), a token sees itself and what came before");
        m_words = Embedding::load(source, "transformer.word_embeddings", c.vocabulary, c.width);
        m_wordNorm = Norm::layer(source, "transformer.word_embeddings_layernorm", c.width, c.epsilon);
        m_bias = slopeBias(alibiSlopes(int(c.heads)));
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(loadLayer(source, c, i));
        m_lastNorm = Norm::layer(source, "transformer.ln_f", c.width, c.epsilon);
        loadHead(config, source, m_words, {});
    }
};

constexpr std::array<std::string_view, 5> architectures { "BloomForCausalLM", "BloomModel", "BloomForSequenceClassification",
    "BloomForTokenClassification", "BloomForQuestionAnswering" };

} // namespace

const ModelFamily bloomFamily { "bloom", "BLOOM", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Bloom>(config, source); },
    "transformer." };

} // namespace headlight
