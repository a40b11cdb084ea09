// Phi-3, Phi-3.5 and Phi-4-mini: Llama with joint projections [q|k|v] and [gate|in]. Source: Abdin et al. 2024.

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .positions = 4096, .originalPositions = 4096 },
        { .vocabulary = 32064, .width = 3072, .inner = 8192, .epsilon = 1e-5f });
    s.jointProjection = "self_attn.qkv_proj";
    s.jointGate = "mlp.gate_up_proj";
    s.windows
        = layerWindows(config, s.layers, config.optionalNumber("sliding_window"), [](std::int64_t) { return true; });
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 4> architectures { "Phi3ForCausalLM", "Phi3Model",
    "Phi3ForSequenceClassification", "Phi3ForTokenClassification" };

} // namespace

const ModelFamily phi3Family { "phi3", "Phi-3", architectures, make, "model." };

} // namespace headlight
