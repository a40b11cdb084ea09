// Mixtral: Mistral whose feed-forward part is a few experts per token. Source: Jiang et al. 2024.

#include "core/models/expert_layers.h"
#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(
        config, { .positions = 131072, .base = 1e6f }, { .keyHeads = 8, .inner = 14336, .epsilon = 1e-5f });
    s.windows = layerWindows(
        config, s.layers, config.optionalNumber("sliding_window"), [](std::int64_t) { return true; });
    ExpertSettings experts;
    experts.count = config.size("num_local_experts", 8, 65536);
    experts.router.chosen = config.size("num_experts_per_tok", 2, 65536);
    experts.router.normalised = true;
    experts.inner = s.inner;
    experts.part = "block_sparse_moe.";
    experts.names = { "w1", "w3", "w2" };
    return makeExpertDecoder(config, source, s, experts);
}

constexpr std::array<std::string_view, 5> architectures{ "MixtralForCausalLM", "MixtralModel",
    "MixtralForSequenceClassification", "MixtralForTokenClassification", "MixtralForQuestionAnswering" };

} // namespace

const ModelFamily mixtralFamily{ "mixtral", "Mixtral", architectures, make, "model." };

} // namespace headlight
