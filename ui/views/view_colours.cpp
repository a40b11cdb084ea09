#include "ui/views/view_colours.h"

#include "ui/session/normalisation.h"

namespace headlight::ui {
namespace {

float positive(float top)
{
    return top > 0.0f ? top : 1.0f;
}

std::vector<float> rowTops(const ShownMap& map, const CellValues& values)
{
    std::vector<float> tops(static_cast<std::size_t>(map.rows()), 1.0f);
    const auto lines = values.values.shape()[0];
    for (std::int64_t line = 0; line < lines; ++line) {
        const float top = positive(std::ranges::max(values.values.row(line)));
        for (auto row = bucketBegin(line, lines, map.rows()); row < bucketBegin(line + 1, lines, map.rows());
             ++row)
            tops[std::size_t(row)] = top;
    }
    return tops;
}

} // namespace

CellColours coloursOf(const Scene& scene, const ShownMap& map, const CellValues& values)
{
    CellColours colours{ &colourMap(scene.display.colourMap), scene.display.scale, { 1.0f } };
    if (map.empty())
        return colours;
    if (scene.display.normalise == Normalise::Row && !values.empty())
        colours.tops = rowTops(map, values);
    else if (scene.display.normalise == Normalise::Head && values.exact())
        colours.tops = { positive(largest(values.values)) };
    else
        colours.tops = { topOf(*scene.result, map.map(), scene.display) };
    return colours;
}

} // namespace headlight::ui
