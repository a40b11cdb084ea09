// Gemma 2: Gemma with a norm after each part too, soft caps on scores and logits, and a window in every other layer.
// Source: Gemma Team 2024 (Gemma 2).

#include "core/models/families.h"
#include "core/models/gemma.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readGemma(config);
    readNormedGemma(config, s, { 50.0f, 30.0f });
    s.windows = layerWindows(
        config, s.layers, config.optionalNumber("sliding_window", 4096), [](std::int64_t layer) { return layer % 2 == 0; });
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 4> architectures { "Gemma2ForCausalLM", "Gemma2Model",
    "Gemma2ForSequenceClassification", "Gemma2ForTokenClassification" };

} // namespace

const ModelFamily gemma2Family { "gemma2", "Gemma 2", architectures, make, "model." };

} // namespace headlight
