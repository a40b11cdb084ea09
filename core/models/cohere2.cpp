// Cohere 2 (Command R7B, Command A): Cohere with a window in three of four layers; the fourth sees all and
// knows no positions. Source: Cohere 2025 (Command A).

#include "core/models/families.h"
#include "core/models/cohere.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readCohere(
        config, { .vocabulary = 256000, .width = 8192, .layers = 40, .heads = 64, .inner = 22528 });
    s.windows = patternWindows(config, s.layers, 4096, 4);
    s.rotaryOfLayer = rotaryByWindow(s.windows, 0, -1);
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 2> architectures{ "Cohere2ForCausalLM", "Cohere2Model" };

} // namespace

const ModelFamily cohere2Family{ "cohere2", "Cohere 2", architectures, make, "model." };

} // namespace headlight
