// StableLM: Llama with layer norms, a quarter of each head turning, and optionally a norm per head and parallel parts.
// Source: Bellagente et al. 2024.

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

/// A norm of its own for every head. Parameters: "self_attn.q_layernorm.norms.<head>.weight" [D].
HeadNorm loadHeadNorm(const RotaryDecoderSettings::Place& place, std::string_view part, std::int64_t heads, const RotaryDecoderSettings& s)
{
    HeadNorm norm;
    for (std::int64_t h = 0; h < heads; ++h)
        norm.norms.push_back(Norm::layer(place.source, fmt::format("{}self_attn.{}_layernorm.norms.{}", place.name, part, h),
            s.headSize, s.epsilon, Linear::Bias::No));
    return norm;
}

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .positions = 4096, .share = 0.25f });
    s.norm = Norm::Kind::Layer;
    s.epsilon = config.real("layer_norm_eps", 1e-5f);
    if (config.flag("use_qkv_bias", false))
        s.qkvBias = Linear::Bias::Yes;
    if (config.flag("use_parallel_residual", false)) {
        s.sums = DecoderLayer::Sums::AtOnce;
        s.forwardNorm.clear();
    }
    if (config.flag("qk_layernorm", false))
        s.headNorm = [size = s](const RotaryDecoderSettings::Place& place, std::string_view part, std::int64_t heads) {
            return loadHeadNorm(place, part, heads, size);
        };
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 4> architectures { "StableLmForCausalLM", "StableLmModel",
    "StableLmForSequenceClassification", "StableLmForTokenClassification" };

} // namespace

const ModelFamily stablelmFamily { "stablelm", "StableLM", architectures, make, "model." };

} // namespace headlight
