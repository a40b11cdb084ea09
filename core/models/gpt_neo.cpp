// GPT-Neo: GPT-2 with separate projections, scores that are not scaled, and a window in every other layer.
// Source: Black et al. 2021.

#include "core/models/decoder_stack.h"
#include "core/models/families.h"

namespace headlight {
namespace {

struct NeoConfig {
    std::int64_t vocabulary, width, layers, heads, headSize, inner, positions, window;
    std::vector<std::string> kinds; ///< "global" or "local", one per layer
    float epsilon;
    Activation activation;
};

/// From "attention_layers"; without it layers take turns, as in all published models.
std::vector<std::string> layerKinds(Config& config, std::int64_t layers)
{
    std::vector<std::string> kinds = config.texts("attention_layers");
    if (kinds.empty() && config.has("attention_types"))
        config.problem("This GPT-Neo has attention_types only; the list attention_layers, one kind per layer, is needed.");
    for (std::int64_t i = std::int64_t(kinds.size()); kinds.empty() ? i < layers : false; ++i)
        kinds.push_back(i % 2 == 0 ? "global" : "local");
    for (const std::string& kind : kinds)
        if (kind != "global" && kind != "local")
            config.problem(fmt::format("A layer's attention \"{}\" is not known; known are global and local.", kind));
    if (std::int64_t(kinds.size()) != layers)
        config.problem(fmt::format("attention_layers names {} kinds for {} layers.", kinds.size(), layers));
    kinds.resize(std::size_t(layers), "global");
    return kinds;
}

NeoConfig readConfig(Config& config)
{
    NeoConfig c {};
    c.vocabulary = config.size("vocab_size", 50257);
    c.width = config.size("hidden_size", 2048);
    c.layers = config.size("num_layers", 24, 1000);
    c.heads = config.size("num_heads", 16, 4096);
    c.headSize = evenHeadSize(config, c.width, c.heads);
    c.positions = config.size("max_position_embeddings", 2048);
    c.inner = config.has("intermediate_size") ? config.size("intermediate_size") : 4 * c.width;
    c.window = config.size("window_size", 256);
    c.kinds = layerKinds(config, c.layers);
    c.epsilon = config.real("layer_norm_epsilon", 1e-5f);
    c.activation = config.activation("activation_function", "gelu_new");
    return c;
}

DecoderLayer loadLayer(ParameterSource& source, const NeoConfig& c, int index)
{
    const std::string name = fmt::format("transformer.h.{}.", index);
    const auto square = [&](const char* part, Linear::Bias bias) {
        return Linear::load(source, name + "attn.attention." + part, c.width, c.width, bias);
    };
    DecoderLayer layer;
    layer.beforeAttention = Norm::layer(source, name + "ln_1", c.width, c.epsilon);
    layer.beforeForward = Norm::layer(source, name + "ln_2", c.width, c.epsilon);
    layer.projections = { square("q_proj", Linear::Bias::No), square("k_proj", Linear::Bias::No), square("v_proj", Linear::Bias::No) };
    layer.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .scale = 1.0f,
        .span = c.kinds[std::size_t(index)] == "local" ? slidingSpan(c.window) : causalSpan() };
    layer.output = square("out_proj", Linear::Bias::Yes);
    layer.forward = FeedForward { Linear::load(source, name + "mlp.c_fc", c.width, c.inner),
        Linear::load(source, name + "mlp.c_proj", c.inner, c.width), c.activation };
    return layer;
}

class GptNeo final : public DecoderStack {
public:
    GptNeo(Config& config, ParameterSource& source)
    {
        const NeoConfig c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.headSize, c.positions },
            fmt::format("softmax without scaling, a token sees itself and what came before; in {} of {} layers the last {} only",
                std::count(c.kinds.begin(), c.kinds.end(), "local"), c.layers, c.window));
        m_words = Embedding::load(source, "transformer.wte", c.vocabulary, c.width);
        m_positions = Embedding::load(source, "transformer.wpe", c.positions, c.width);
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(loadLayer(source, c, i));
        m_lastNorm = Norm::layer(source, "transformer.ln_f", c.width, c.epsilon);
        loadHead(config, source, m_words, {});
    }
};

constexpr std::array<std::string_view, 5> architectures { "GPTNeoForCausalLM", "GPTNeoModel", "GPTNeoForSequenceClassification",
    "GPTNeoForTokenClassification", "GPTNeoForQuestionAnswering" };

} // namespace

const ModelFamily gptNeoFamily { "gpt_neo", "GPT-Neo", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<GptNeo>(config, source); },
    "transformer." };

} // namespace headlight
