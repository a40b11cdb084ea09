// OLMo 2: Llama that norms what each part made instead of what it reads. Source: Team OLMo 2024 (2 OLMo 2
// Furious).

#include "core/models/families.h"
#include "core/models/olmo.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    const RotaryDecoderSettings s = readOlmo(config);
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 3> architectures{ "Olmo2ForCausalLM", "Olmo2Model",
    "Olmo2ForSequenceClassification" };

} // namespace

RotaryDecoderSettings readOlmo(Config& config, const RopeDefaults& rope)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, rope, { .vocabulary = 50304, .epsilon = 1e-5f });
    readAttentionBias(config, s);
    s.attentionNorm = s.forwardNorm = "";
    s.attentionOutputNorm = "post_attention_layernorm";
    s.forwardOutputNorm = "post_feedforward_layernorm";
    s.headNorm = [size = s.headSize, epsilon = s.epsilon](
                     const RotaryDecoderSettings::Place& place, std::string_view part, std::int64_t heads) {
        return HeadNorm{ { Norm::rootMeanSquare(place.source,
                             fmt::format("{}self_attn.{}_norm", place.name, part), heads * size, epsilon) },
            HeadNorm::Over::Whole };
    };
    return s;
}

const ModelFamily olmo2Family{ "olmo2", "OLMo 2", architectures, make, "model." };

} // namespace headlight
