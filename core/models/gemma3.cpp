// Gemma 3 without its eyes: Gemma 2 whose heads are normed instead of capped, with five sliding layers to a
// full one and rotary positions of their own for each. EmbeddingGemma is the same seeing both ways. Sources:
// Gemma Team 2025 (Gemma 3), Schechter Vera et al. 2025 (EmbeddingGemma).

#include "core/models/families.h"
#include "core/models/gemma.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    const RotaryDecoderSettings s = readGemma3(config);
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 3> architectures{ "Gemma3ForCausalLM", "Gemma3TextModel",
    "Gemma3TextForSequenceClassification" };

} // namespace

RotaryDecoderSettings readGemma3(Config& config)
{
    const RopeDefaults whole{
        .headSize = 256, .positions = 131072, .base = 1e6f, .layerKind = "full_attention"
    };
    RopeDefaults local{ .headSize = 256,
        .positions = 131072,
        .baseKey = "rope_local_base_freq",
        .layerKind = "sliding_attention",
        .scaled = false };
    RotaryDecoderSettings s = readGemma(config, whole,
        { .vocabulary = 262208, .width = 2304, .layers = 26, .heads = 8, .keyHeads = 4, .inner = 9216 });
    local.headSize = s.headSize;
    readNormedGemma(config, s, {});
    normEachHead(s);
    s.bothWays = config.flag("use_bidirectional_attention", false);
    s.windows = patternWindows(config, s.layers, 4096, 6);
    s.rotary.push_back(readRope(config, local));
    s.rotaryOfLayer = rotaryByWindow(s.windows, 1, 0);
    return s;
}

const ModelFamily gemma3Family{ "gemma3_text", "Gemma 3", architectures, make, "model." };

} // namespace headlight
