// NomicBERT: BERT with positions that turn, gated feed-forward parts and hardly any biases. Source: Nussbaum
// et al. 2024.

#include "core/models/families.h"
#include "core/models/rotary_encoder.h"

namespace headlight {
namespace {

/// Older files speak GPT-2's language ("n_embd").
EncoderSizes readSizes(Config& config)
{
    const bool older = config.has("n_embd");
    EncoderSizes s = EncoderSizes::read(config,
        { .vocabulary = 30528, .positions = 8192, .epsilon = 1e-12f, .activation = Activation::Silu });
    if (!older)
        return s;
    s.width = config.size("n_embd", 768);
    s.heads = config.size("n_head", 12, 4096);
    s.layers = config.size("n_layer", 12, 1000);
    s.inner = config.size("n_inner", 3072);
    s.positions = config.size("n_positions", 8192);
    s.epsilon = config.real("layer_norm_epsilon", 1e-12f);
    if (s.width % s.heads != 0)
        config.problem(fmt::format("n_embd {} cannot be shared by {} heads.", s.width, s.heads));
    if (config.text("activation_function", "swiglu") != "swiglu" || config.flag("prenorm", false)
        || config.flag("use_rms_norm", false))
        config.problem("Of the variants of NomicBERT only the one with gated feed-forward parts and layer "
                       "norms behind each part is supported.");
    return s;
}

RopeDefaults ropeDefaults(Config& config, const EncoderSizes& s)
{
    RopeDefaults rope{ .headSize = s.width / s.heads, .positions = s.positions, .base = 1000.0f };
    if (config.has("rotary_emb_base"))
        rope.baseKey = "rotary_emb_base";
    if (config.has("rotary_emb_fraction"))
        rope.shareKey = "rotary_emb_fraction";
    if (config.flag("rotary_emb_interleaved", false))
        rope.pairs = RotaryPairs::Neighbours;
    return rope;
}

HeadLayout headNames(const EncoderSizes& s)
{
    HeadLayout heads = HeadLayout::bert("nomic_bert.", s.activation);
    heads.words.norm = "cls.predictions.transform.layer_norm";
    return heads;
}

class NomicBert final : public RotaryEncoder {
public:
    NomicBert(Config& config, ParameterSource& source)
        : NomicBert(config, source, readSizes(config))
    {
    }

private:
    NomicBert(Config& config, ParameterSource& source, const EncoderSizes& s)
        : RotaryEncoder(config, s, ropeDefaults(config, s))
    {
        const auto biasOf = [&](const char* key) {
            return config.flag(key, false) ? Linear::Bias::Yes : Linear::Bias::No;
        };
        const Linear::Bias in = biasOf("mlp_fc1_bias"), out = biasOf("mlp_fc2_bias");
        load(source,
            { "nomic_bert.", "attn", biasOf("qkv_proj_bias"),
                [&](ParameterSource& from, const std::string& layer) {
                    return GatedFeedForward{ Linear::load(from, layer + "mlp.fc12", s.width, s.inner, in),
                        Linear::load(from, layer + "mlp.fc11", s.width, s.inner, in),
                        Linear::load(from, layer + "mlp.fc2", s.inner, s.width, out), s.activation };
                } });
        loadHeads(config, source, words(), headNames(s));
    }
};

constexpr std::array<std::string_view, 4> architectures{ "NomicBertModel", "NomicBertForMaskedLM",
    "NomicBertForSequenceClassification", "NomicBertForTokenClassification" };

} // namespace

const ModelFamily nomicBertFamily{ "nomic_bert", "NomicBERT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<NomicBert>(config, source);
    },
    "nomic_bert." };

} // namespace headlight
