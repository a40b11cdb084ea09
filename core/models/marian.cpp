// Marian: the first transformer of translation, with waves for positions. Source: Junczys-Dowmunt et al. 2018.

#include "core/models/text_pair.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 2> architectures { "MarianMTModel", "MarianModel" };

} // namespace

const ModelFamily marianFamily { "marian", "Marian", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        TextPairStyle style;
        style.positions = PairPositions::Kind::Marian;
        style.vocabulary = 58101;
        style.padding = 58100;
        return std::make_unique<TextPair>(config, source, style);
    },
    "model." };

} // namespace headlight
