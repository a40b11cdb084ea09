// Qwen2 and Qwen2.5: Llama with a bias on q, k and v, and a window in the upper layers if it is switched on.
// Source: Yang et al. 2024 (Qwen2 technical report).

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .positions = 32768 }, { .vocabulary = 151936, .inner = 22016 });
    s.qkvBias = Linear::Bias::Yes;
    s.windows = upperLayerWindows(config, s.layers);
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 5> architectures { "Qwen2ForCausalLM", "Qwen2Model",
    "Qwen2ForSequenceClassification", "Qwen2ForTokenClassification", "Qwen2ForQuestionAnswering" };

} // namespace

const ModelFamily qwen2Family { "qwen2", "Qwen2", architectures, make, "model." };

} // namespace headlight
