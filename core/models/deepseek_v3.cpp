// DeepSeek-V3: V2 whose experts score each for itself, corrected when they are chosen. Source: DeepSeek-AI
// 2024 (V3).

#include "core/models/deepseek.h"
#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    DeepseekSettings s = readDeepseek(config,
        { .sizes = { .vocabulary = 129280, .width = 7168, .layers = 61, .heads = 128, .inner = 18432 },
            .positions = 4096,
            .experts = 256,
            .chosen = 8,
            .inner = 2048,
            .shared = 1,
            .firstRouted = 3,
            .factor = 2.5f });
    Router& router = s.experts.router;
    router.scores = Router::Scores::Sigmoid;
    router.groups = config.optionalNumber("n_group", 8).value_or(1);
    router.groupsChosen = config.optionalNumber("topk_group", 4).value_or(1);
    router.groupBest = 2;
    router.normalised = config.flag("norm_topk_prob", true);
    s.experts.corrected = true;
    return makeExpertDecoder(config, source, s.decoder, s.experts);
}

constexpr std::array<std::string_view, 4> architectures{ "DeepseekV3ForCausalLM", "DeepseekV3Model",
    "DeepseekV3ForSequenceClassification", "DeepseekV3ForTokenClassification" };

} // namespace

const ModelFamily deepseekV3Family{ "deepseek_v3", "DeepSeek-V3", architectures, make, "model." };

} // namespace headlight
