// OPT: learned positions that count real tokens and begin at row 2; norms before each part, or after the sums in the 350m
// model, whose words are narrower than its layers. Source: Zhang et al. 2022.

#include "core/models/decoder_stack.h"
#include "core/models/families.h"

namespace headlight {
namespace {

/// Rows of the position table that stand for nothing.
constexpr std::int64_t positionOffset = 2;

struct OptConfig {
    std::int64_t vocabulary, width, wordWidth, layers, heads, headSize, inner, positions;
    Activation activation;
    Linear::Bias bias;
    bool normBefore, lastNorm, learnedNorms;
};

OptConfig readConfig(Config& config)
{
    OptConfig c {};
    c.vocabulary = config.size("vocab_size", 50272);
    c.width = config.size("hidden_size", 768);
    c.wordWidth = config.has("word_embed_proj_dim") ? config.size("word_embed_proj_dim") : c.width;
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 12, 4096);
    c.headSize = evenHeadSize(config, c.width, c.heads);
    c.inner = config.size("ffn_dim", 3072);
    c.positions = config.size("max_position_embeddings", 2048);
    c.activation = config.activation("activation_function", "relu");
    c.bias = config.flag("enable_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
    c.normBefore = config.flag("do_layer_norm_before", true);
    c.lastNorm = c.normBefore && !config.flag("_remove_final_layer_norm", false);
    c.learnedNorms = config.flag("layer_norm_elementwise_affine", true);
    return c;
}

Norm loadNorm(ParameterSource& source, const OptConfig& c, const std::string& name)
{
    constexpr float epsilon = 1e-5f;
    return c.learnedNorms ? Norm::layer(source, name, c.width, epsilon) : Norm::plain(epsilon);
}

DecoderLayer loadLayer(ParameterSource& source, const OptConfig& c, int index)
{
    const std::string name = fmt::format("model.decoder.layers.{}.", index);
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + part, in, out, c.bias);
    };
    DecoderLayer layer;
    layer.sums = c.normBefore ? DecoderLayer::Sums::InTurn : DecoderLayer::Sums::BeforeNorms;
    layer.beforeAttention = loadNorm(source, c, name + "self_attn_layer_norm");
    layer.beforeForward = loadNorm(source, c, name + "final_layer_norm");
    layer.projections = { linear("self_attn.q_proj", c.width, c.width), linear("self_attn.k_proj", c.width, c.width),
        linear("self_attn.v_proj", c.width, c.width) };
    layer.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .span = causalSpan() };
    layer.output = linear("self_attn.out_proj", c.width, c.width);
    layer.forward = FeedForward { linear("fc1", c.width, c.inner), linear("fc2", c.inner, c.width), c.activation };
    return layer;
}

class Opt final : public DecoderStack {
public:
    Opt(Config& config, ParameterSource& source)
    {
        const OptConfig c = readConfig(config);
        describe(config, { c.vocabulary, c.width, c.layers, c.heads, c.headSize, c.positions },
            "softmax, a token sees itself and what came before");
        m_words = Embedding::load(source, "model.decoder.embed_tokens", c.vocabulary, c.wordWidth);
        m_positions = Embedding::load(source, "model.decoder.embed_positions", c.positions + positionOffset, c.width);
        if (c.wordWidth != c.width) {
            m_wordsIn = Linear::load(source, "model.decoder.project_in", c.wordWidth, c.width, Linear::Bias::No);
            m_wordsOut = Linear::load(source, "model.decoder.project_out", c.width, c.wordWidth, Linear::Bias::No);
        }
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(loadLayer(source, c, i));
        if (c.lastNorm)
            m_lastNorm = loadNorm(source, c, "model.decoder.final_layer_norm");
        loadHead(config, source, m_words, { .width = c.wordWidth });
    }

private:
    /// Padding takes no position: each real token is one after the real token before it.
    std::vector<std::int64_t> tablePositions(const WordRows& rows) const override
    {
        std::vector<std::int64_t> positions = rows.positions;
        const Packing& packing = rows.packing;
        for (std::size_t s = 0; s < packing.keyMasks.size(); ++s) {
            std::int64_t padding = 0;
            for (std::size_t i = 0; i < packing.keyMasks[s].size(); ++i) {
                const bool real = packing.keyMasks[s][i] != 0;
                std::int64_t& position = positions[std::size_t(packing.begins[s]) + i];
                padding += real ? 0 : 1;
                position = real ? position - padding : -1;
            }
        }
        for (std::int64_t& position : positions)
            position += positionOffset;
        return positions;
    }
};

constexpr std::array<std::string_view, 4> architectures { "OPTForCausalLM", "OPTModel", "OPTForSequenceClassification",
    "OPTForQuestionAnswering" };

} // namespace

const ModelFamily optFamily { "opt", "OPT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Opt>(config, source); },
    "model." };

} // namespace headlight
