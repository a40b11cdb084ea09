// ModernBERT: norms before each part, rotary positions, gated feed-forward parts, and local windows in most layers.
// Source: Warner et al. 2024.

#include "core/models/encoder_model.h"
#include "core/models/families.h"

namespace headlight {
namespace {

struct ModernConfig {
    EncoderSizes sizes;
    Linear::Bias attentionBias, feedForwardBias, normBias;
    std::int64_t globalEvery, window; ///< `window` tokens, half of them on each side
    double globalBase, localBase; ///< of the rotary positions
};

Linear::Bias biasOf(Config& config, const char* key, bool fallback)
{
    return config.flag(key, fallback) ? Linear::Bias::Yes : Linear::Bias::No;
}

ModernConfig readConfig(Config& config)
{
    EncoderSizes s = EncoderSizes::read(config, { .vocabulary = 50368, .layers = 22, .inner = 1152, .positions = 8192 });
    s.types = 0;
    s.epsilon = config.real("norm_eps", 1e-5f);
    s.dropout = config.real("mlp_dropout", 0.0f);
    s.activation = config.activation("hidden_activation", "gelu");
    if (s.width / s.heads % 2 != 0)
        config.problem(fmt::format("Heads of {} numbers cannot turn in pairs.", s.width / s.heads));
    const float globalBase = config.real("global_rope_theta", 160000.0f);
    return { s, biasOf(config, "attention_bias", false), biasOf(config, "mlp_bias", false), biasOf(config, "norm_bias", false),
        config.size("global_attn_every_n_layers", 3), config.size("local_attention", 128), double(globalBase),
        config.has("local_rope_theta") ? double(config.real("local_rope_theta", 10000.0f)) : double(globalBase) };
}

struct Layer {
    std::optional<Norm> attentionNorm; ///< the first layer has none
    Norm feedForwardNorm;
    Linear joint, attended;
    Heads heads;
    Linear in, out; ///< `in` makes what is activated, then the gate
    Activation activation;

    static Layer load(ParameterSource& source, const ModernConfig& c, int index)
    {
        const std::string name = fmt::format("model.layers.{}.", index);
        const EncoderSizes& s = c.sizes;
        Layer layer;
        if (index > 0)
            layer.attentionNorm = Norm::layer(source, name + "attn_norm", s.width, s.epsilon, c.normBias);
        layer.feedForwardNorm = Norm::layer(source, name + "mlp_norm", s.width, s.epsilon, c.normBias);
        layer.joint = Linear::load(source, name + "attn.Wqkv", s.width, 3 * s.width, c.attentionBias);
        layer.attended = Linear::load(source, name + "attn.Wo", s.width, s.width, c.attentionBias);
        layer.heads = { .site = { AttentionKind::Encoder, index }, .heads = int(s.heads),
            .span = index % c.globalEvery == 0 ? globalSpan() : windowSpan(c.window / 2) };
        layer.in = Linear::load(source, name + "mlp.Wi", s.width, 2 * s.inner, c.feedForwardBias);
        layer.out = Linear::load(source, name + "mlp.Wo", s.inner, s.width, c.feedForwardBias);
        layer.activation = s.activation;
        return layer;
    }

    Var operator()(const Var& x, const Packing& packing, const RotaryAngles& angles, Run& run) const
    {
        const std::int64_t width = x.shape().columns();
        const auto parts = splitColumns(joint(attentionNorm ? (*attentionNorm)(x, run) : x, run), std::array { width, width, width });
        const Var context = selfAttend(heads, parts[0], parts[1], parts[2], { packing, packing, nullptr, nullptr }, &angles, run);
        const Var middle = run.addResidual(x, attended(context, run));
        const Var both = in(feedForwardNorm(middle, run), run);
        const std::int64_t inner = both.shape().columns() / 2;
        const auto halves = splitColumns(both, std::array { inner, inner });
        return add(middle, out(multiply(activate(activation, halves[0]), halves[1]), run));
    }
};

/// One transform, named "head", stands before every output.
HeadLayout headNames(Config& config, const ModernConfig& c)
{
    HeadLayout heads;
    heads.words = { .dense = "head.dense", .norm = "head.norm", .activation = config.activation("classifier_activation", "gelu"),
        .bias = biasOf(config, "classifier_bias", false), .normBias = c.normBias };
    heads.classes = heads.tokenClasses = heads.spanScores = heads.words;
    heads.decoder = "decoder";
    heads.decoderBias = config.flag("decoder_bias", true) ? "decoder.bias" : "";
    heads.spans = "classifier";
    const std::string pooling = config.text("classifier_pooling", "cls");
    if (pooling == "mean")
        heads.pooling = HeadLayout::Pooling::Mean;
    else if (pooling != "cls")
        config.problem(fmt::format("classifier_pooling = \"{}\" is not known; cls and mean are.", pooling));
    return heads;
}

class ModernBert final : public EncoderModel {
public:
    ModernBert(Config& config, ParameterSource& source)
        : ModernBert(config, source, readConfig(config))
    {
    }

private:
    ModernBert(Config& config, ParameterSource& source, const ModernConfig& c)
        : EncoderModel(config, c.sizes, fmt::format("softmax, every {}th layer sees all tokens, the others {} on each side", c.globalEvery, c.window / 2))
        , m_globalEvery(c.globalEvery)
    {
        const std::int64_t headSize = m_sizes.width / m_sizes.heads;
        m_global = Rope::plain(headSize, c.globalBase);
        m_local = Rope::plain(headSize, c.localBase);
        m_words = Embedding::load(source, "model.embeddings.tok_embeddings", m_sizes.vocabulary, m_sizes.width);
        m_norm = Norm::layer(source, "model.embeddings.norm", m_sizes.width, m_sizes.epsilon, c.normBias);
        for (int i = 0; i < int(m_sizes.layers); ++i)
            m_layers.push_back(Layer::load(source, c, i));
        m_lastNorm = Norm::layer(source, "model.final_norm", m_sizes.width, m_sizes.epsilon, c.normBias);
        loadHeads(config, source, m_words, headNames(config, c));
    }

    Var encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const override
    {
        const RotaryAngles far = m_global.angles(rows.positions), near = m_local.angles(rows.positions);
        const Var hidden = stack(m_norm(m_words(rows.ids, run), run), m_sizes.layers, run, [&](int i, const Var& x) {
            return m_layers[std::size_t(i)](x, rows.packing, i % m_globalEvery == 0 ? far : near, run);
        });
        return m_lastNorm(hidden, run);
    }

    std::int64_t m_globalEvery;
    Rope m_global, m_local;
    Embedding m_words;
    Norm m_norm, m_lastNorm;
    std::vector<Layer> m_layers;
};

constexpr std::array<std::string_view, 5> architectures { "ModernBertModel", "ModernBertForSequenceClassification",
    "ModernBertForMaskedLM", "ModernBertForQuestionAnswering", "ModernBertForTokenClassification" };

} // namespace

const ModelFamily modernBertFamily { "modernbert", "ModernBERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<ModernBert>(config, source); },
    "model." };

} // namespace headlight
