// GPT-NeoX and Pythia: q, k and v of a head side by side in one projection, a part of each head turning, attention and
// feed-forward at once behind norms of their own. Source: Black et al. 2022.

#include "core/models/decoder_stack.h"
#include "core/models/families.h"
#include "core/models/rope_settings.h"

namespace headlight {
namespace {

struct NeoxConfig {
    std::int64_t vocabulary, width, layers, heads, headSize, inner;
    float epsilon;
    Activation activation;
    Linear::Bias attentionBias;
    DecoderLayer::Sums sums;
};

NeoxConfig readConfig(Config& config)
{
    NeoxConfig c {};
    c.vocabulary = config.size("vocab_size", 50432);
    c.width = config.size("hidden_size", 6144);
    c.layers = config.size("num_hidden_layers", 44, 1000);
    c.heads = config.size("num_attention_heads", 64, 4096);
    c.headSize = evenHeadSize(config, c.width, c.heads);
    c.inner = config.size("intermediate_size", 24576);
    c.epsilon = config.real("layer_norm_eps", 1e-5f);
    c.activation = config.activation("hidden_act", "gelu");
    c.attentionBias = config.flag("attention_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
    c.sums = config.flag("use_parallel_residual", true) ? DecoderLayer::Sums::AtOnce : DecoderLayer::Sums::InTurn;
    return c;
}

DecoderLayer loadLayer(ParameterSource& source, const NeoxConfig& c, int index)
{
    const std::string name = fmt::format("gpt_neox.layers.{}.", index);
    DecoderLayer layer;
    layer.sums = c.sums;
    layer.beforeAttention = Norm::layer(source, name + "input_layernorm", c.width, c.epsilon);
    layer.beforeForward = Norm::layer(source, name + "post_attention_layernorm", c.width, c.epsilon);
    layer.projections = Projections::grouped(
        Linear::load(source, name + "attention.query_key_value", c.width, 3 * c.width, c.attentionBias), c.heads, c.heads, c.headSize);
    layer.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .span = causalSpan() };
    layer.output = Linear::load(source, name + "attention.dense", c.width, c.width, c.attentionBias);
    layer.forward = FeedForward { Linear::load(source, name + "mlp.dense_h_to_4h", c.width, c.inner),
        Linear::load(source, name + "mlp.dense_4h_to_h", c.inner, c.width), c.activation };
    return layer;
}

class GptNeox final : public DecoderStack {
public:
    GptNeox(Config& config, ParameterSource& source)
    {
        const NeoxConfig c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.headSize },
            "softmax, a token sees itself and what came before");
        m_words = Embedding::load(source, "gpt_neox.embed_in", c.vocabulary, c.width);
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(loadLayer(source, c, i));
        m_lastNorm = Norm::layer(source, "gpt_neox.final_layer_norm", c.width, c.epsilon);
        m_rotary = { readRope(
            config, { .headSize = c.headSize, .share = 0.25f, .baseKey = "rotary_emb_base", .shareKey = "rotary_pct" }) };
        loadHead(config, source, m_words, { .tied = false, .headName = "embed_out" });
    }
};

constexpr std::array<std::string_view, 5> architectures { "GPTNeoXForCausalLM", "GPTNeoXModel",
    "GPTNeoXForSequenceClassification", "GPTNeoXForTokenClassification", "GPTNeoXForQuestionAnswering" };

} // namespace

const ModelFamily gptNeoxFamily { "gpt_neox", "GPT-NeoX", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<GptNeox>(config, source); },
    "gpt_neox." };

} // namespace headlight
