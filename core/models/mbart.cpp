// mBART: BART with norms before each part and one on each stack. Source: Liu et al. 2020.

#include "core/models/text_pair.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 4> architectures { "MBartForConditionalGeneration", "MBartModel",
    "MBartForSequenceClassification", "MBartForQuestionAnswering" };

} // namespace

const ModelFamily mbartFamily { "mbart", "mBART", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        TextPairStyle style;
        style.norms = NormPlace::Before;
        style.embeddingNorm = style.finalNorm = true;
        style.implied = TextPairStyle::Implied::LastToken;
        return std::make_unique<TextPair>(config, source, style);
    },
    "model." };

} // namespace headlight
