#pragma once
// To which size a processor resizes a picture; the "size" of preprocessor_config.json.

#include "core/base/expected.h"
#include "core/vision/picture_geometry.h"
#include "core/vision/resize.h"

#include <optional>

namespace headlight {

struct ResizeRule {
    enum class Fit {
        Exact, ///< to `size`, whatever the proportions
        ShortestEdge, ///< the shorter side becomes `shortestEdge`, the longer one follows, rounded down
        LongestEdge, ///< the longer side becomes `longestEdge`, the shorter one follows to an even length (Idefics3)
        PixelBudget, ///< sides to multiples of `multipleOf`, from `minPixels` to `maxPixels` in all (Qwen-VL)
        PatchBudget, ///< as large as `maxPatches` patches of `multipleOf` pixels allow, in whole patches (SigLIP 2)
        BetweenEdges, ///< as ShortestEdge, but the longer side stays at or under about `longestEdge` (DETR,
                      ///< YOLOS)
    };
    Fit fit = Fit::Exact;
    PixelSize size; ///< Exact
    int shortestEdge = 0;
    std::optional<int> longestEdge; ///< BetweenEdges; none: no limit
    int multipleOf = 1; ///< BetweenEdges: both sides are floored to multiples of it (YOLOS: 16)
    std::int64_t minPixels = 0, maxPixels = 0; ///< PixelBudget
    int maxPatches = 0; ///< PatchBudget
    Resample resample = Resample::Bilinear;
};

/// The size a picture of size `original` gets.
/// Errors: BadInput when nothing is left of a side, or the result would be larger than Image::maxPixels.
/// Source: Hugging Face transformers 4.48, get_resize_output_image_size and get_size_with_aspect_ratio.
Expected<PixelSize> sizeAfter(const ResizeRule& rule, PixelSize original);

} // namespace headlight
