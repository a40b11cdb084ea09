// BART: norms after each part and after the embedding, learned positions. Source: Lewis et al. 2020.

#include "core/models/text_pair.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 4> architectures { "BartForConditionalGeneration", "BartModel",
    "BartForSequenceClassification", "BartForQuestionAnswering" };

} // namespace

const ModelFamily bartFamily { "bart", "BART", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        TextPairStyle style;
        style.embeddingNorm = true;
        style.labels = 3;
        style.implied = TextPairStyle::Implied::StartToken;
        return std::make_unique<TextPair>(config, source, style);
    },
    "model." };

} // namespace headlight
