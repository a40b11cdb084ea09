// M2M100 and NLLB: mBART with waves for positions. Sources: Fan et al. 2021, NLLB Team 2022.

#include "core/models/text_pair.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 2> architectures { "M2M100ForConditionalGeneration", "M2M100Model" };

} // namespace

const ModelFamily m2m100Family { "m2m_100", "M2M100", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        TextPairStyle style;
        style.norms = NormPlace::Before;
        style.finalNorm = true;
        style.positions = PairPositions::Kind::Fairseq;
        style.vocabulary = 128112;
        style.activation = "relu";
        style.scaleEmbedding = true;
        style.outputBias = false;
        return std::make_unique<TextPair>(config, source, style);
    },
    "model." };

} // namespace headlight
