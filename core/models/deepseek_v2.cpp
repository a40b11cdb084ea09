// DeepSeek-V2: latent attention, and experts whose softmax scores are taken as they are. Source: DeepSeek-AI
// 2024 (V2).

#include "core/models/deepseek.h"
#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    DeepseekSettings s = readDeepseek(config, {});
    if (config.flag("mlp_bias", false))
        s.experts.names.bias = s.decoder.forwardBias = Linear::Bias::Yes;
    Router& router = s.experts.router;
    const std::string method = config.text("topk_method", "greedy");
    if (method == "group_limited_greedy") {
        router.groups = config.optionalNumber("n_group").value_or(1);
        router.groupsChosen = config.optionalNumber("topk_group").value_or(1);
    } else if (method != "greedy") {
        config.problem(fmt::format(
            "Experts chosen by \"{}\" are not known; known are greedy and group_limited_greedy.", method));
    }
    return makeExpertDecoder(config, source, s.decoder, s.experts);
}

constexpr std::array<std::string_view, 3> architectures{ "DeepseekV2ForCausalLM", "DeepseekV2Model",
    "DeepseekV2ForSequenceClassification" };

} // namespace

const ModelFamily deepseekV2Family{ "deepseek_v2", "DeepSeek-V2", architectures, make, "model." };

} // namespace headlight
