// Phi-1, 1.5 and 2: one layer norm before attention and feed-forward at once, half of each head turning, biases
// everywhere. Source: Li et al. 2023 (phi-1.5).

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .share = 0.5f });
    s.activation = config.activation("hidden_act", "gelu_new");
    s.norm = Norm::Kind::Layer;
    s.epsilon = config.real("layer_norm_eps", 1e-5f);
    s.qkvBias = s.outputBias = Linear::Bias::Yes;
    s.headBias = true;
    s.output = "self_attn.dense";
    s.lastNorm = "final_layernorm";
    s.forwardNorm.clear();
    s.sums = DecoderLayer::Sums::AtOnce;
    s.forward = [s](const RotaryDecoderSettings::Place& place) {
        return FeedForward { Linear::load(place.source, place.name + "mlp.fc1", s.width, s.inner),
            Linear::load(place.source, place.name + "mlp.fc2", s.inner, s.width), s.activation };
    };
    if (config.flag("qk_layernorm", false))
        s.headNorm = [s](const RotaryDecoderSettings::Place& place, std::string_view part, std::int64_t) {
            return HeadNorm { { Norm::layer(
                place.source, fmt::format("{}self_attn.{}_layernorm", place.name, part), s.headSize, s.epsilon) } };
        };
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 4> architectures { "PhiForCausalLM", "PhiModel",
    "PhiForSequenceClassification", "PhiForTokenClassification" };

} // namespace

const ModelFamily phiFamily { "phi", "Phi", architectures, make, "model." };

} // namespace headlight
