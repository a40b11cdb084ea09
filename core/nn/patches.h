#pragma once
// Pictures on their way into a transformer: cut into patches, each a row; special tokens before and behind them.

#include "core/nn/layers.h"
#include "core/nn/positions.h"

namespace headlight {

/// One linear map of all pixels of a patch; the same as a convolution whose stride is its size.
struct PatchEmbedding {
    ParameterRef weight, bias; ///< [E,C,h,w]; [E] or null
    GridSize patch;
    std::int64_t channels = 3;

    struct Sizes {
        std::int64_t width, channels;
        GridSize patch;
    };
    enum class Bias { Yes, No };
    /// Parameters: "<name>.weight", "<name>.bias".
    static PatchEmbedding load(ParameterSource& source, const std::string& name, const Sizes& sizes, Bias bias = Bias::Yes);

    /// Whole patches of a picture [C,H,W]; what does not fill one at the right and bottom is left out.
    GridSize grid(const Tensor& picture) const;
    /// Shapes: pictures [C,H,W] each → [Σ patches,E], row by row.
    Var operator()(std::span<const Tensor> pictures, Run& run) const;
};

/// A linear map of patches that are rows already: pixel by pixel, the channels of a pixel side by side (SigLIP 2).
struct FlatPatchEmbedding {
    Linear map;
    GridSize patch;
    std::int64_t channels = 3;

    /// Whole patches of a picture [C,H,W] → [patches, h·w·C].
    Tensor cut(const Tensor& picture) const;
};

/// Rows around the patches of each picture, the same for all.
struct SurroundingTokens {
    std::vector<ParameterRef> leading; ///< [CLS], distillation: one row each
    ParameterRef registers; ///< behind these, any number of rows; null: none
    ParameterRef trailing; ///< detections, any number of rows; null: none

    std::int64_t registerCount() const;
    std::int64_t leadingCount() const { return std::int64_t(leading.size()) + registerCount(); }
    std::int64_t trailingCount() const;
    /// Shapes: patches [Σ grid.count(),E] → rows of each picture one after the other.
    Var around(const Var& patches, std::span<const GridSize> grids, Run& run) const;
};

/// Zeros to the right and below, up to whole patches. Shapes: [C,H,W] → [C,H',W'].
Tensor paddedPicture(const Tensor& picture, GridSize patch);

} // namespace headlight
