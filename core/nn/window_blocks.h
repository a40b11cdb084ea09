#pragma once
// What hierarchies of windows are made of: blocks that attend inside shifted windows, and the merging of
// patches between stages. Source: Liu et al. 2021 (Swin).

#include "core/nn/attention.h"
#include "core/nn/patches.h"
#include "core/nn/shifted_windows.h"

namespace headlight {

/// Pre-norm, attention inside windows; every other block of a stage shifts them by half a window.
struct WindowBlock {
    Norm before, after;
    Linear query, key, value, output;
    FeedForward feedForward;
    ParameterRef biasTable; ///< [(2·window-1)², H]
    Heads heads;
    std::int64_t window = 1, cell = 1;
    bool shifts = false;

    /// Shapes: x [grid.count(),E] → same.
    Var operator()(const Var& x, GridSize grid, Run& run) const;
};

/// Four neighbours side by side, normed, then mapped to twice the width. An odd row or column meets zeros.
struct PatchMerging {
    Norm norm;
    Linear reduction;

    Var operator()(const Var& x, GridSize grid, Run& run) const;
};

} // namespace headlight
