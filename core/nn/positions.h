#pragma once
// Position tables for inputs of another size than the model was trained on.

#include "core/tensor/tensor.h"

namespace headlight {

/// A table of positions on a square grid, resampled to another grid.
/// Shapes: table [g²,E] → [height·width,E]. Bicubic with a = −0.75, sample centres at half pixels, no antialiasing,
/// edges repeated: what the reference does for ViT, DeiT, YOLOS and DINOv2.
Tensor resamplePositions(const Tensor& table, std::int64_t height, std::int64_t width);

} // namespace headlight
