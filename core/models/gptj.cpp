// GPT-J: neighbouring numbers of a head turn together; one norm before attention and feed-forward at once; lm_head has a
// bias. Source: Wang and Komatsuzaki 2021.

#include "core/models/decoder_stack.h"
#include "core/models/families.h"

namespace headlight {
namespace {

struct GptjConfig {
    std::int64_t vocabulary, width, layers, heads, headSize, inner, positions, rotary;
    float epsilon;
    Activation activation;
};

GptjConfig readConfig(Config& config)
{
    GptjConfig c {};
    c.vocabulary = config.size("vocab_size", 50400);
    c.width = config.size("n_embd", 4096);
    c.layers = config.size("n_layer", 28, 1000);
    c.heads = config.size("n_head", 16, 4096);
    c.headSize = evenHeadSize(config, c.width, c.heads);
    c.positions = config.size("n_positions", 2048);
    c.inner = config.has("n_inner") ? config.size("n_inner") : 4 * c.width;
    c.rotary = config.optionalNumber("rotary_dim", 64).value_or(c.headSize);
    c.epsilon = config.real("layer_norm_epsilon", 1e-5f);
    c.activation = config.activation("activation_function", "gelu_new");
    if (c.rotary < 2 || c.rotary > c.headSize || c.rotary % 2 != 0) {
        config.problem(fmt::format("rotary_dim {} does not fit heads of {}: an even number within was expected.", c.rotary, c.headSize));
        c.rotary = 2;
    }
    return c;
}

DecoderLayer loadLayer(ParameterSource& source, const GptjConfig& c, int index)
{
    const std::string name = fmt::format("transformer.h.{}.", index);
    const auto square = [&](const char* part) { return Linear::load(source, name + part, c.width, c.width, Linear::Bias::No); };
    DecoderLayer layer;
    layer.sums = DecoderLayer::Sums::AtOnce;
    layer.beforeAttention = Norm::layer(source, name + "ln_1", c.width, c.epsilon);
    layer.projections = { square("attn.q_proj"), square("attn.k_proj"), square("attn.v_proj") };
    layer.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .span = causalSpan() };
    layer.output = square("attn.out_proj");
    layer.forward = FeedForward { Linear::load(source, name + "mlp.fc_in", c.width, c.inner),
        Linear::load(source, name + "mlp.fc_out", c.inner, c.width), c.activation };
    return layer;
}

class GptJ final : public DecoderStack {
public:
    GptJ(Config& config, ParameterSource& source)
    {
        const GptjConfig c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.headSize, c.positions },
            "softmax, a token sees itself and what came before");
        m_words = Embedding::load(source, "transformer.wte", c.vocabulary, c.width);
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(loadLayer(source, c, i));
        m_lastNorm = Norm::layer(source, "transformer.ln_f", c.width, c.epsilon);
        m_rotary = { { Rope::plain(c.rotary, 10000.0, RotaryPairs::Neighbours) } };
        loadHead(config, source, m_words, { .tied = false, .bias = true });
    }
};

constexpr std::array<std::string_view, 4> architectures { "GPTJForCausalLM", "GPTJModel", "GPTJForSequenceClassification",
    "GPTJForQuestionAnswering" };

} // namespace

const ModelFamily gptjFamily { "gptj", "GPT-J", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<GptJ>(config, source); },
    "transformer." };

} // namespace headlight
