// Falcon: one joint projection whose queries share one key (7B), a few (40B and later) or none (RW); rotary positions, or
// slopes rounded to bfloat16. Source: Almazrouei et al. 2023.

#include "core/models/decoder_stack.h"
#include "core/models/families.h"
#include "core/models/rope_settings.h"

namespace headlight {
namespace {

struct FalconConfig {
    std::int64_t vocabulary, width, layers, heads, keyHeads, headSize, inner;
    float epsilon;
    Activation activation;
    Linear::Bias bias;
    bool grouped; ///< columns of a key head stand with its queries (the "new decoder architecture")
    bool alibi;
    bool parallel; ///< attention and feed-forward at once
    bool parallelNorms; ///< there are norms for both at once, instead of one before attention
    bool twoNorms; ///< one for each of them
};

/// Norms come in three arrangements; the names follow "parallel_attn", the order of the parts the architecture too.
void readArrangement(Config& config, FalconConfig& c)
{
    c.parallelNorms = config.flag("parallel_attn", true);
    c.parallel = c.parallelNorms || c.grouped;
    c.twoNorms = c.parallelNorms && config.optionalNumber("num_ln_in_parallel_attn").value_or(c.grouped ? 2 : 1) == 2;
    if (c.twoNorms && !c.grouped)
        config.problem("A Falcon of the first architecture with two norms before parallel parts is not known.");
    if (c.grouped && !c.parallelNorms)
        config.problem("A Falcon of the new architecture whose parts come in turn (parallel_attn false) is not known.");
}

FalconConfig readConfig(Config& config)
{
    const auto either = [&](const char* name, const char* older, std::int64_t fallback, std::int64_t largest) {
        return config.size(!config.has(name) && config.has(older) ? older : name, fallback, largest);
    };
    FalconConfig c {};
    c.vocabulary = config.size("vocab_size", 65024);
    c.width = config.size("hidden_size", 4544);
    c.layers = either("num_hidden_layers", "n_layer", 32, 1000);
    c.heads = either("num_attention_heads", "n_head", 71, 4096);
    c.headSize = evenHeadSize(config, c.width, c.heads);
    c.grouped = config.flag("new_decoder_architecture", false);
    const std::int64_t shared = either("num_kv_heads", "n_head_kv", c.heads, 4096);
    const std::int64_t single = config.flag("multi_query", true) ? 1 : c.heads;
    c.keyHeads = checkedHeads(config, { c.heads, c.grouped ? shared : single }).keyHeads;
    c.inner = config.has("ffn_hidden_size") ? config.size("ffn_hidden_size") : 4 * c.width;
    c.epsilon = config.real("layer_norm_epsilon", 1e-5f);
    c.activation = config.activation("activation", "gelu");
    c.bias = config.flag("bias", false) ? Linear::Bias::Yes : Linear::Bias::No;
    c.alibi = config.flag("alibi", false);
    readArrangement(config, c);
    return c;
}

DecoderLayer loadLayer(ParameterSource& source, const FalconConfig& c, int index)
{
    const std::string name = fmt::format("transformer.h.{}.", index);
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + part, in, out, c.bias);
    };
    const auto norm = [&](const char* part) { return Norm::layer(source, name + part, c.width, c.epsilon); };
    DecoderLayer layer;
    layer.sums = c.parallel ? DecoderLayer::Sums::AtOnce : DecoderLayer::Sums::InTurn;
    layer.beforeAttention = norm(c.twoNorms ? "ln_attn" : "input_layernorm");
    if (c.twoNorms)
        layer.beforeForward = norm("ln_mlp");
    else if (!c.parallelNorms)
        layer.beforeForward = norm("post_attention_layernorm");
    const Linear joint = linear("self_attention.query_key_value", c.width, c.width + 2 * c.keyHeads * c.headSize);
    layer.projections = Projections::grouped(joint, c.heads, c.keyHeads, c.headSize); // one group: heads, then k, then v
    layer.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .keyHeads = int(c.keyHeads), .span = causalSpan() };
    layer.output = linear("self_attention.dense", c.width, c.width);
    layer.forward = FeedForward { linear("mlp.dense_h_to_4h", c.width, c.inner), linear("mlp.dense_4h_to_h", c.inner, c.width), c.activation };
    return layer;
}

class Falcon final : public DecoderStack {
public:
    Falcon(Config& config, ParameterSource& source)
    {
        const FalconConfig c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.headSize },
            fmt::format("softmax{}, a token sees itself and what came before", c.alibi ? " with a slope per head (ALiBi)" : ""));
        m_words = Embedding::load(source, "transformer.word_embeddings", c.vocabulary, c.width);
        // The reference adds slopes before it scales the scores.
        if (c.alibi)
            m_bias = roundedSlopeBias(alibiSlopes(int(c.heads)), 1.0f / std::sqrt(float(c.headSize)));
        else
            m_rotary = { readRope(config, { .headSize = c.headSize }) };
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(loadLayer(source, c, i));
        m_lastNorm = Norm::layer(source, "transformer.ln_f", c.width, c.epsilon);
        loadHead(config, source, m_words, {});
    }
};

constexpr std::array<std::string_view, 5> architectures { "FalconForCausalLM", "FalconModel", "FalconForSequenceClassification",
    "FalconForTokenClassification", "FalconForQuestionAnswering" };

} // namespace

const ModelFamily falconFamily { "falcon", "Falcon", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Falcon>(config, source); },
    "transformer." };

} // namespace headlight
