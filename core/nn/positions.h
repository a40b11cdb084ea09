#pragma once
// Learned positions of pictures: tables over a grid of patches, also for pictures of another size than the model was
// trained on.

#include "core/nn/run.h"

namespace headlight {

/// Cells of a grid; also the pixels of one cell.
struct GridSize {
    std::int64_t rows = 0, columns = 0;
    std::int64_t count() const { return rows * columns; }
    friend bool operator==(const GridSize&, const GridSize&) = default;
};

enum class Interpolation {
    Bicubic, ///< a = −0.75, edges repeated: positions of ViT, DeiT, YOLOS, DINOv2, BEiT, CLIP
    Bilinear, ///< edges repeated: BEiT's table of relative positions
    SmoothBicubic, ///< a = −0.5, widened when shrinking, as antialiased pictures are: DINOv2 with registers
    SmoothBilinear, ///< so, too: SigLIP 2
};

/// A table over one grid, resampled to another. Sample centres at half pixels.
/// Shapes: table [from.count(),E] in any stored type → [to.count(),E].
Tensor resamplePositions(
    const Tensor& table, GridSize from, GridSize to, Interpolation interpolation = Interpolation::Bicubic);

/// A learned position per token: some before the patches ([CLS]), the patches', some behind them (detections).
struct ImagePositions {
    ParameterRef table; ///< [..., leading + grid.count() + trailing, E]; several tables one after the other
    GridSize grid; ///< of the pictures it was trained on
    std::int64_t leading = 0, trailing = 0;
    Interpolation interpolation = Interpolation::Bicubic;
    std::int64_t withoutPosition = 0; ///< tokens between the leading ones and the patches that have none (registers)
    /// Of table number `set`, for a picture of `wanted` patches. Shapes: → [leading + withoutPosition + wanted.count() + trailing, E].
    /// Limits: training needs pictures of the trained size.
    Var operator()(GridSize wanted, Run& run, std::int64_t set = 0) const;

private:
    Var known(GridSize wanted, Run& run, std::int64_t set) const;
};

} // namespace headlight
