// OLMo 3: OLMo 2 with a window in three of four layers, and scaled positions in the fourth only.
// Source: Team OLMo 2025 (OLMo 3).

#include "core/models/families.h"
#include "core/models/olmo.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readOlmo(config, { .layerKind = "full_attention" });
    s.windows = patternWindows(config, s.layers, 4096, 4);
    RotaryPositions unscaled =
        readRope(config, { .headSize = s.headSize, .layerKind = "sliding_attention", .scaled = false });
    s.rotary.push_back(std::move(unscaled));
    s.rotaryOfLayer = rotaryByWindow(s.windows, 1, 0);
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 3> architectures{ "Olmo3ForCausalLM", "Olmo3Model",
    "Olmo3ForSequenceClassification" };

} // namespace

const ModelFamily olmo3Family{ "olmo3", "OLMo 3", architectures, make, "model." };

} // namespace headlight
