// Gemma: Llama with words scaled by √E, norms that multiply by 1 + w, and heads of a size of their own.
// Source: Gemma Team 2024.

#include "core/models/gemma.h"

#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    return makeRotaryDecoder(config, source, readGemma(config));
}

constexpr std::array<std::string_view, 4> architectures { "GemmaForCausalLM", "GemmaModel",
    "GemmaForSequenceClassification", "GemmaForTokenClassification" };

} // namespace

RotaryDecoderSettings readGemma(Config& config, RopeDefaults rope)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, rope);
    s.activation = config.activation("hidden_activation", "gelu_pytorch_tanh"); // hidden_act is a slip of older files
    s.tied = true;
    s.normOffset = 1.0f;
    s.wordScale = std::sqrt(float(s.width));
    readAttentionBias(config, s);
    return s;
}

const ModelFamily gemmaFamily { "gemma", "Gemma", architectures, make, "model." };

} // namespace headlight
