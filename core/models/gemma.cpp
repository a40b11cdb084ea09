// Gemma: Llama with words scaled by √E, norms that multiply by 1 + w, and heads of a size of their own.
// Source: Gemma Team 2024.

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .headSize = 256, .positions = 8192 });
    s.activation = config.activation("hidden_activation", "gelu_pytorch_tanh"); // hidden_act is a slip of older files
    s.tied = true;
    s.normOffset = 1.0f;
    s.wordScale = std::sqrt(float(s.width));
    if (config.flag("attention_bias", false))
        s.qkvBias = s.outputBias = Linear::Bias::Yes;
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 4> architectures { "GemmaForCausalLM", "GemmaModel",
    "GemmaForSequenceClassification", "GemmaForTokenClassification" };

} // namespace

const ModelFamily gemmaFamily { "gemma", "Gemma", architectures, make, "model." };

} // namespace headlight
