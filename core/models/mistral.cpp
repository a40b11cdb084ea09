// Mistral: Llama with a window over the last keys in every layer. Source: Jiang et al. 2023.

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .positions = 131072 }, { .keyHeads = 8, .inner = 14336 });
    s.windows = layerWindows(config, s.layers, config.optionalNumber("sliding_window", 4096), [](std::int64_t) { return true; });
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 5> architectures { "MistralForCausalLM", "MistralModel",
    "MistralForSequenceClassification", "MistralForTokenClassification", "MistralForQuestionAnswering" };

} // namespace

const ModelFamily mistralFamily { "mistral", "Mistral", architectures, make, "model." };

} // namespace headlight
