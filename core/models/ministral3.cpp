// Ministral 3: Mistral with YaRN, whose queries grow with their place in a long text. Source: Mistral AI 2025
// (Ministral 3).

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

constexpr const char* usualScaling = R"({ "rope_type": "yarn", "factor": 16.0, "mscale": 1.0, "mscale_all_dim": 1.0,
    "original_max_position_embeddings": 16384, "llama_4_scaling_beta": 0.1 })";

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config,
        { .headSize = 128, .positions = 262144, .base = 1e6f, .unmentioned = usualScaling },
        { .vocabulary = 131072, .layers = 34, .keyHeads = 8, .inner = 14336, .epsilon = 1e-5f });
    s.windows = layerWindows(
        config, s.layers, config.optionalNumber("sliding_window"), [](std::int64_t) { return true; });
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 5> architectures{ "Ministral3ForCausalLM", "Ministral3Model",
    "Ministral3ForSequenceClassification", "Ministral3ForTokenClassification",
    "Ministral3ForQuestionAnswering" };

} // namespace

const ModelFamily ministral3Family{ "ministral3", "Ministral 3", architectures, make, "model." };

} // namespace headlight
