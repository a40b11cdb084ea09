#pragma once
// Resizing byte for byte as Pillow does it, because the models were trained on what Pillow makes of a
// picture.

#include "core/vision/image.h"

#include <optional>

namespace headlight {

/// The numbers are those of "resample" in preprocessor_config.json.
enum class Resample { Nearest = 0, Lanczos = 1, Bilinear = 2, Bicubic = 3, Box = 4, Hamming = 5 };

std::optional<Resample> resampleFromNumber(int number);

/// The picture at another size (at least 1×1, at most Image::maxPixels). Every filter but Nearest is widened
/// when shrinking, so each source pixel counts. Rows first, then columns; both in 8-bit fixed point with 22
/// fractional bits, rounded and clipped between the passes. Source: Pillow, Image.resize on mode "RGB"
/// (bicubic a = -0.5, Lanczos of 3 lobes).
Image resize(const Image& image, int width, int height, Resample resample);

} // namespace headlight
