#pragma once
// Pictures on their way to the network, and what their tokens are.

#include "core/engine/analysis.h"

namespace headlight {

/// What a picture becomes: numbers, and where they came from.
struct PictureInput {
    ProcessedImage image;
    ModelInput input; ///< pixelValues and pixelMask
};
/// Through the model's own processor. Errors: BadInput when the model came without one, or as ImageProcessor::process.
Expected<PictureInput> preparePicture(const OpenModel& model, const Image& picture);

/// How a model cuts a picture of these pixels ([C,H,W]) into patches; `area` is what the pixels cover of the original.
PatchGrid patchGrid(const ModelInfo& info, const Shape& pixels, const PictureArea& area);
/// One per row of the maps: special tokens, patches, detections.
std::vector<TokenInfo> describePicture(const ModelInfo& info, const PatchGrid& grid);
/// The queries of a detector's decoder: "object 0" ...
std::vector<TokenInfo> describeQueries(const ModelInfo& info);

/// Objects of `logits` [1,n,classes+1] and `pred_boxes` [1,n,4] that are likelier than one half, likeliest first. Empty
/// for models that find none. Source: Carion et al. 2020; threshold as in the reference's pipeline.
std::vector<DetectedBox> detectedBoxes(
    const ModelInfo& info, const std::map<std::string, Tensor>& outputs, const std::optional<PatchGrid>& patches);

} // namespace headlight
