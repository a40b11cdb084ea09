// Qwen3-MoE: Qwen3 with routed experts in most layers. Source: Yang et al. 2025 (Qwen3 technical report).

#include "core/models/expert_layers.h"
#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, { .positions = 32768 },
        { .vocabulary = 151936, .width = 2048, .layers = 24, .keyHeads = 4, .inner = 6144 });
    readAttentionBias(config, s);
    normEachHead(s);
    const auto window = config.flag("use_sliding_window", false)
        ? config.optionalNumber("sliding_window", 4096)
        : std::nullopt;
    s.windows = layerWindows(config, s.layers, window, [](std::int64_t) { return true; });
    ExpertSettings experts;
    experts.count = config.size(config.has("num_experts") ? "num_experts" : "num_local_experts", 128, 65536);
    experts.router.chosen = config.size("num_experts_per_tok", 8, 65536);
    experts.router.normalised = config.flag("norm_topk_prob", false);
    experts.inner = config.size("moe_intermediate_size", 768);
    const std::int64_t step = config.size("decoder_sparse_step", 1);
    experts.in = [step, dense = config.numbers("mlp_only_layers")](std::int64_t layer) {
        return (layer + 1) % step == 0 && std::find(dense.begin(), dense.end(), layer) == dense.end();
    };
    return makeExpertDecoder(config, source, s, experts);
}

constexpr std::array<std::string_view, 5> architectures{ "Qwen3MoeForCausalLM", "Qwen3MoeModel",
    "Qwen3MoeForSequenceClassification", "Qwen3MoeForTokenClassification", "Qwen3MoeForQuestionAnswering" };

} // namespace

const ModelFamily qwen3MoeFamily{ "qwen3_moe", "Qwen3-MoE", architectures, make, "model." };

} // namespace headlight
