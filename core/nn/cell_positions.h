#pragma once
// Where the cells of a picture's map are: by sines over what shows the picture, or learned.

#include "core/nn/layers.h"
#include "core/nn/positions.h"

namespace headlight {

/// Which cells of the map show the picture, not padding: the mask's nearest pixel. 1 where they do.
std::vector<std::uint8_t> cellMask(const Tensor& pixelMask, GridSize grid);

/// Sines and cosines of how far down and right a cell is among those that show the picture, as shares of 2π.
/// Shapes: → [cells,E], the first half for down. Source: Parmar et al. 2018, normalised as in DETR.
Tensor sinePositions(std::span<const std::uint8_t> mask, GridSize grid, std::int64_t width);

/// Learned numbers for each column and row of the map, side by side.
struct LearnedCells {
    static constexpr std::int64_t longest = 50;
    Embedding columns, rows;

    static LearnedCells load(ParameterSource& source, const std::string& name, std::int64_t width)
    {
        return { Embedding::load(source, name + "column_embeddings", longest, width / 2),
            Embedding::load(source, name + "row_embeddings", longest, width / 2) };
    }
    Var operator()(GridSize grid, Run& run) const
    {
        std::vector<std::int64_t> across, down;
        for (std::int64_t i = 0; i < grid.count(); ++i) {
            across.push_back(i % grid.columns);
            down.push_back(i / grid.columns);
        }
        const std::array<Var, 2> parts{ columns(across, run), rows(down, run) };
        return concatenateColumns(parts);
    }
};

} // namespace headlight
