#pragma once
// A picture inside a text: cut as its processor says, written into the text as the tokens that stand for it,
// and told which of these is which part of the picture.

#include "core/engine/analysis.h"
#include "core/engine/processed_picture.h"

namespace headlight {

/// A picture on its way to a model that reads it among words.
struct PictureInText {
    ModelInput input; ///< pictures, or patches and their grids
    std::string words; ///< what stands for the picture in a text
    std::string placeholder; ///< where a text says itself where the picture stands
    ProcessedImage image; ///< what the model saw
    PatchGrid patches; ///< of the tower's maps
    /// Cells of the merged tokens, and which of the text's picture tokens, in their order, each is.
    PatchGrid cells;
    std::vector<int> tokens;

    /// The text with the picture in the place of its placeholder, or before it.
    std::string inText(const std::string& text) const;
    /// `cells` among the tokens of a whole text.
    PatchGrid among(std::span<const std::int64_t> ids, std::int64_t pictureToken) const;
};

/// Through the model's own processor. Errors: BadInput when the model came without one or without a
/// tokenizer, or the processor does not fit; as ImageProcessor::process.
Expected<PictureInText> preparePictureInText(const OpenModel& model, const Image& picture);

/// Names the tokens of a text that are patches; those of the small picture behind others have no place.
void describePatchesInText(std::vector<TokenInfo>& tokens, std::span<const std::int64_t> ids, std::int64_t pictureToken,
    const PatchGrid& cells);

} // namespace headlight
