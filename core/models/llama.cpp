// Llama 1, 2 and 3: the layout the others vary. Sources: Touvron et al. 2023, Grattafiori et al. 2024.

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config);
    readAttentionBias(config, s);
    if (config.flag("mlp_bias", false))
        s.forwardBias = Linear::Bias::Yes;
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 5> architectures { "LlamaForCausalLM", "LlamaModel",
    "LlamaForSequenceClassification", "LlamaForTokenClassification", "LlamaForQuestionAnswering" };

} // namespace

const ModelFamily llamaFamily { "llama", "Llama", architectures, make, "model." };

} // namespace headlight
