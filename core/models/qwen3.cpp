// Qwen3: Qwen2 whose queries and keys are normed per head before they turn, with a head size of its own and no bias.
// Source: Yang et al. 2025 (Qwen3 technical report).

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .headSize = 128, .positions = 32768 }, { .vocabulary = 151936, .inner = 22016 });
    readAttentionBias(config, s);
    normEachHead(s);
    s.windows = upperLayerWindows(config, s.layers);
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 5> architectures { "Qwen3ForCausalLM", "Qwen3Model", "Qwen3ForSequenceClassification",
    "Qwen3ForTokenClassification", "Qwen3ForQuestionAnswering" };

} // namespace

const ModelFamily qwen3Family { "qwen3", "Qwen3", architectures, make, "model." };

} // namespace headlight
