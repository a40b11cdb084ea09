#pragma once
// From a scene to colours: which weight is the top of the colour bar, and which table is read.

#include "ui/views/shown_map.h"
#include "ui/widgets/cell_image.h"

namespace headlight::ui {

/// One top for all rows, or one per shown row under Normalise::Row. `values` are the map's own when they are
/// at hand, else the statistics of the run answer.
CellColours coloursOf(const Scene& scene, const ShownMap& map, const CellValues& values);

} // namespace headlight::ui
