// EuroBERT: Llama's layers, but every token sees every token; a classifier looks at the mean of all. Source:
// Boizard et al. 2025.

#include "core/models/decoder_stack.h"
#include "core/models/encoder_model.h"
#include "core/models/families.h"
#include "core/models/rope_settings.h"

namespace headlight {
namespace {

struct EuroConfig {
    EncoderSizes sizes;
    std::int64_t keyHeads, headSize;
    Linear::Bias attentionBias, forwardBias;
};

EuroConfig readConfig(Config& config)
{
    EncoderSizes s = EncoderSizes::read(
        config, { .vocabulary = 128256, .inner = 3072, .positions = 8192, .activation = Activation::Silu });
    s.types = 0;
    s.epsilon = config.real("rms_norm_eps", 1e-5f);
    s.dropout = 0.0f;
    const auto biasOf = [&](const char* key) {
        return config.flag(key, false) ? Linear::Bias::Yes : Linear::Bias::No;
    };
    const std::int64_t keyHeads =
        config.has("num_key_value_heads") ? config.size("num_key_value_heads", 1, 4096) : s.heads;
    const std::int64_t headSize =
        config.has("head_dim") ? config.size("head_dim", 1, 1 << 16) : evenHeadSize(config, s.width, s.heads);
    return { s, checkedHeads(config, { s.heads, keyHeads }).keyHeads, headSize, biasOf("attention_bias"),
        biasOf("mlp_bias") };
}

DecoderLayer loadLayer(ParameterSource& source, const EuroConfig& c, int index)
{
    const std::string name = fmt::format("model.layers.{}.", index);
    const EncoderSizes& s = c.sizes;
    const std::int64_t queries = s.heads * c.headSize, keys = c.keyHeads * c.headSize;
    const auto attention = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + "self_attn." + part, in, out, c.attentionBias);
    };
    const auto forward = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + "mlp." + part, in, out, c.forwardBias);
    };
    DecoderLayer layer;
    layer.beforeAttention = Norm::rootMeanSquare(source, name + "input_layernorm", s.width, s.epsilon);
    layer.beforeForward = Norm::rootMeanSquare(source, name + "post_attention_layernorm", s.width, s.epsilon);
    layer.projections = { attention("q_proj", s.width, queries), attention("k_proj", s.width, keys),
        attention("v_proj", s.width, keys) };
    layer.heads = {
        .site = { AttentionKind::Encoder, index }, .heads = int(s.heads), .keyHeads = int(c.keyHeads)
    };
    layer.output = attention("o_proj", queries, s.width);
    layer.forward = GatedFeedForward{ forward("gate_proj", s.width, s.inner),
        forward("up_proj", s.width, s.inner), forward("down_proj", s.inner, s.width), s.activation };
    return layer;
}

HeadLayout headNames(Config& config, const ParameterSource& source, const EuroConfig& c)
{
    HeadLayout heads;
    heads.decoder = "lm_head";
    heads.decoderBias = c.forwardBias == Linear::Bias::Yes ? "lm_head.bias" : "";
    heads.tokenBias = source.has("classifier.bias") ? Linear::Bias::Yes : Linear::Bias::No;
    heads.tied = false;
    heads.classes = { .dense = "dense", .activation = Activation::Gelu };
    const std::string pooling = config.text("classifier_pooling", "late");
    if (pooling == "mean")
        heads.pooling = HeadLayout::Pooling::Mean;
    else if (pooling == "late")
        heads.pooling = HeadLayout::Pooling::MeanOfScores;
    else if (pooling != "bos")
        config.problem(
            fmt::format("classifier_pooling = \"{}\" is not known; bos, mean and late are.", pooling));
    return heads;
}

class EuroBert final : public EncoderModel {
public:
    EuroBert(Config& config, ParameterSource& source)
        : EuroBert(config, source, readConfig(config))
    {
    }

private:
    EuroBert(Config& config, ParameterSource& source, const EuroConfig& c)
        : EncoderModel(config, c.sizes, "softmax, every token sees every token")
        , m_rotary(
              readRope(config, { .headSize = c.headSize, .positions = c.sizes.positions, .base = 250000.0f }))
    {
        m_info.headSize = int(c.headSize);
        m_words = Embedding::load(source, "model.embed_tokens", m_sizes.vocabulary, m_sizes.width);
        for (int i = 0; i < int(m_sizes.layers); ++i)
            m_layers.push_back(loadLayer(source, c, i));
        m_lastNorm = Norm::rootMeanSquare(source, "model.norm", m_sizes.width, m_sizes.epsilon);
        loadHeads(config, source, m_words, headNames(config, source, c));
    }

    Var encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const override
    {
        const RotaryAngles angles = m_rotary.angles(rows.positions);
        return stack(m_words(rows.ids, run), m_sizes.layers, run, [&](int i, const Var& x) {
            const Var y = m_layers[std::size_t(i)](x, { rows.packing, &angles, nullptr }, run);
            return std::size_t(i) + 1 == m_layers.size() ? m_lastNorm(y, run)
                                                         : y; // the last state is after the norm
        });
    }

    RotaryPositions m_rotary;
    Embedding m_words;
    std::vector<DecoderLayer> m_layers;
    Norm m_lastNorm;
};

constexpr std::array<std::string_view, 5> architectures{ "EuroBertModel", "EuroBertForMaskedLM",
    "EuroBertForSequenceClassification", "EuroBertForTokenClassification", "EuroBertForQuestionAnswering" };

} // namespace

const ModelFamily euroBertFamily{ "eurobert", "EuroBERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<EuroBert>(config, source);
    },
    "model." };

} // namespace headlight
