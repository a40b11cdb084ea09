#pragma once
// A picture inside a text: cut as its processor says, written into the text as the tokens that stand for it,
// and told which of these is which part of the picture.

#include "core/engine/analysis.h"
#include "core/engine/processed_picture.h"

namespace headlight {

/// A picture on its way to a model that reads it among words.
struct PictureInText {
    ModelInput input; ///< pictures, or patches and their grids
    std::string words; ///< what stands for the picture in front of a text
    std::string placeholder; ///< where a text says itself where the picture stands
    std::string inPlace; ///< what takes the place of the placeholder
    int count = 0; ///< of picture tokens among the words
    ProcessedImage image; ///< what the model saw
    PatchGrid patches; ///< of the tower's maps
    /// Cells of the merged tokens, and which of the text's picture tokens, in their order, each is.
    PatchGrid cells;
    std::vector<int> tokens;

    /// The text with the picture in the place of its placeholder, or before it.
    std::string inText(const std::string& text) const;
    /// `cells` among the tokens of a whole text, whose first `before` picture tokens are of other pictures.
    PatchGrid among(std::span<const std::int64_t> ids, std::int64_t pictureToken, int before = 0) const;
    /// Rows of the tower's maps.
    std::int64_t towerRows(const ModelInfo& info) const;
};

/// Pictures among the words of an input. The last one is shown; of the others it is known what they are.
struct PicturesInText {
    ProcessedImage image;
    PatchGrid patches, textPatches;
    std::vector<TokenInfo> patchTokens; ///< rows of the tower's maps
};
/// Puts pictures into a row whose ids hold their tokens one after the other, and names these among `tokens`.
/// There is at least one.
PicturesInText putPictures(
    std::vector<PictureInText> pictures, const ModelInfo& info, ModelInput& row, std::vector<TokenInfo>& tokens);
/// The grid and the rows of the tower's maps for pictures that came as tensors: the first one is shown.
std::pair<PatchGrid, std::vector<TokenInfo>> towerOf(const ModelInput& row, const ModelInfo& info);

/// Through the model's own processor. Errors: BadInput when the model came without one or without a
/// tokenizer, or the processor does not fit; as ImageProcessor::process.
Expected<PictureInText> preparePictureInText(const OpenModel& model, const Image& picture);


} // namespace headlight
