#pragma once
// What an image processor makes of a picture, as the tensors a model takes.

#include "core/tensor/tensor.h"
#include "core/vision/image_processor.h"

namespace headlight {

/// Shapes: [1,C,H,W] → [C,H,W].
Tensor withoutBatch(const Tensor& pixels);

/// Patches of a picture [C,H,W] square by square, each repeated over its frames.
/// Shapes: → [patches, C·frames·h·w].
Tensor patchesInSquares(const Tensor& pixels, const ImageProcessorConfig::Patches& sizes);

/// What a processor makes of a picture, as tensors under the reference's names: whole pictures, squares, or
/// patches. Errors: as ImageProcessor::process.
Expected<std::map<std::string, Tensor>> tensorsOfPicture(
    const ImageProcessor& processor, const Image& picture);

} // namespace headlight
