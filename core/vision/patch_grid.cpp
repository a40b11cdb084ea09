// All conversions go through model pixels.

#include "core/vision/patch_grid.h"

#include "core/base/check.h"

namespace headlight {

int PatchGrid::token(Cell cell) const
{
    HEADLIGHT_CHECK(cell.row >= 0 && cell.row < rows() && cell.column >= 0 && cell.column < columns(),
        fmt::format("patch ({}, {}) of {}x{}", cell.row, cell.column, rows(), columns()));
    const int index = cell.row * columns() + cell.column;
    return places != nullptr ? places->tokens[std::size_t(index)] : leadingTokens + index;
}

std::optional<PatchGrid::Cell> PatchGrid::cellOfToken(int token) const
{
    const bool placed = places != nullptr && token >= 0 && std::size_t(token) < places->cells.size();
    const int index = placed ? places->cells[std::size_t(token)] : places != nullptr ? -1 : token - leadingTokens;
    if (index < 0 || index >= patches())
        return std::nullopt;
    return Cell{ index / columns(), index % columns() };
}

void PatchGrid::placeAt(std::vector<int> tokens)
{
    HEADLIGHT_CHECK(int(tokens.size()) == patches(), "a token for each patch");
    std::vector<int> cells(tokens.empty() ? 0 : std::size_t(*std::max_element(tokens.begin(), tokens.end())) + 1, -1);
    for (std::size_t i = 0; i < tokens.size(); ++i)
        cells[std::size_t(tokens[i])] = int(i);
    places = std::make_shared<const Places>(Places { std::move(tokens), std::move(cells) });
}

PictureArea PatchGrid::modelArea(Cell cell) const
{
    return { double(cell.column) * patch.width, double(cell.row) * patch.height, double(patch.width),
        double(patch.height) };
}

PictureArea PatchGrid::pictureArea(Cell cell) const
{
    const PictureArea inModel = modelArea(cell);
    const double scaleX = area.width / model.width, scaleY = area.height / model.height;
    return { area.left + inModel.left * scaleX, area.top + inModel.top * scaleY, inModel.width * scaleX,
        inModel.height * scaleY };
}

std::optional<PatchGrid::Cell> PatchGrid::cellAt(double x, double y) const
{
    if (patches() == 0 || area.width <= 0.0 || area.height <= 0.0)
        return std::nullopt;
    const double column = std::floor((x - area.left) / area.width * model.width / patch.width);
    const double row = std::floor((y - area.top) / area.height * model.height / patch.height);
    if (!(column >= 0.0 && column < columns() && row >= 0.0 && row < rows()))
        return std::nullopt;
    return Cell{ int(row), int(column) };
}

} // namespace headlight
