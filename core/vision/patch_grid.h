#pragma once
// Which token is which part of the picture: the arithmetic between tokens, patches (row, column), model
// pixels and the original picture, in one plain struct that needs no window.

#include "core/vision/picture_geometry.h"

#include <memory>
#include <optional>
#include <vector>

namespace headlight {

struct PatchGrid {
    struct Cell {
        int row = 0;
        int column = 0;
        friend bool operator==(const Cell&, const Cell&) = default;
    };

    PixelSize model; ///< what the model is fed; a rest that fills no patch is not looked at
    PixelSize patch;
    int leadingTokens = 0; ///< tokens in front of the first patch: [CLS], distillation, registers
    PictureArea area; ///< what the model's pixels cover of the original picture

    /// Where patches do not follow each other: the token of each cell, row by row, and the cell of each token (−1: none).
    struct Places {
        std::vector<int> tokens, cells;
    };
    std::shared_ptr<const Places> places = nullptr; ///< null: they follow each other, behind the leading tokens
    /// Patches that stand at these tokens.
    void placeAt(std::vector<int> tokens);

    int rows() const { return patch.height > 0 ? model.height / patch.height : 0; }
    int columns() const { return patch.width > 0 ? model.width / patch.width : 0; }
    int patches() const { return rows() * columns(); }

    /// Patches are counted row by row. Errors: HEADLIGHT_CHECK on a cell outside of the grid.
    int token(Cell cell) const;
    /// None for [CLS] and its like, and for tokens behind the last patch.
    std::optional<Cell> cellOfToken(int token) const;

    /// In model pixels.
    PictureArea modelArea(Cell cell) const;
    /// In pixels of the original picture; may reach beyond it.
    PictureArea pictureArea(Cell cell) const;
    /// The patch under a point of the original picture; none where the model does not look.
    std::optional<Cell> cellAt(double x, double y) const;
};

} // namespace headlight
