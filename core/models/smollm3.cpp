// SmolLM3: Llama whose every fourth layer knows no positions. Sources: Bakouch et al. 2025, Yang et al. 2025
// (NoPE layers).

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

/// "no_rope_layers" holds a 1 for each layer that turns; without it every "no_rope_layer_interval"th does
/// not.
std::vector<int> rotaryOfLayers(Config& config, std::int64_t layers)
{
    const std::vector<std::int64_t> turning = config.numbers("no_rope_layers");
    const std::int64_t every = config.size("no_rope_layer_interval", 4);
    if (!turning.empty() && std::int64_t(turning.size()) != layers)
        config.problem(fmt::format("{} no_rope_layers do not fit {} layers.", turning.size(), layers));
    std::vector<int> kinds;
    for (std::size_t i = 0; std::int64_t(i) < layers; ++i) {
        const bool turns = i < turning.size() ? turning[i] != 0 : std::int64_t(i + 1) % every != 0;
        kinds.push_back(turns ? 0 : -1);
    }
    return kinds;
}

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .positions = 32768, .base = 2e6f },
        { .vocabulary = 128256, .width = 2048, .layers = 36, .heads = 16, .keyHeads = 4 });
    readAttentionBias(config, s);
    if (config.flag("mlp_bias", false))
        s.forwardBias = Linear::Bias::Yes;
    s.tied = true;
    s.rotaryOfLayer = rotaryOfLayers(config, s.layers);
    const auto window =
        config.flag("use_sliding_window", false) ? config.optionalNumber("sliding_window") : std::nullopt;
    s.windows = layerWindows(config, s.layers, window,
        [&s](std::int64_t layer) { return s.rotaryOfLayer[std::size_t(layer)] < 0; });
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 5> architectures{ "SmolLM3ForCausalLM", "SmolLM3Model",
    "SmolLM3ForSequenceClassification", "SmolLM3ForTokenClassification", "SmolLM3ForQuestionAnswering" };

} // namespace

const ModelFamily smollm3Family{ "smollm3", "SmolLM3", architectures, make, "model." };

} // namespace headlight
