#pragma once
// Which pixel is which cell: the whole arithmetic of a heat map's zoom and pan, as a plain value without a
// window.

#include "core/trace/weight_source.h"

#include <QPointF>
#include <QRectF>
#include <optional>

namespace headlight::ui {

struct Cell {
    int row = 0, column = 0;
    friend bool operator==(const Cell&, const Cell&) = default;
};

struct HeatmapGeometry {
    QRectF plot; ///< pixels
    QRectF window; ///< the part of the map that fills the plot, in cells: x and width are columns, y and
                   ///< height rows
    int rows = 0, columns = 0;

    /// Cells are never drawn larger than this when a whole map is fitted, nor by zooming.
    static constexpr double largestFittedCell = 104.0, largestCell = 120.0;

    /// The whole map in the upper left of `available`, cells square unless one side would be thinner than a
    /// pixel.
    static HeatmapGeometry fitted(const QRectF& available, int rows, int columns);

    bool empty() const { return rows <= 0 || columns <= 0 || plot.isEmpty(); }
    double cellWidth() const { return plot.width() / window.width(); }
    double cellHeight() const { return plot.height() / window.height(); }
    bool zoomedIn() const { return window.width() < columns || window.height() < rows; }

    QRectF cellRect(int row, int column) const;
    /// The pixels of a whole row or column inside the plot.
    QRectF rowRect(int row) const;
    QRectF columnRect(int column) const;
    std::optional<Cell> cellAt(const QPointF& pixel) const;
    /// Cells that are at least partly inside the plot.
    Block visible() const;

    /// Larger by `factor` around the cell under `anchor`, which stays where it is. Never beyond the whole
    /// map.
    HeatmapGeometry zoomed(double factor, const QPointF& anchor) const;
    /// Moved by `pixels` as a hand drags paper; stops at the borders.
    HeatmapGeometry panned(const QPointF& pixels) const;
    /// Moved as little as needed for `cell` to be inside.
    HeatmapGeometry revealing(const Cell& cell) const;
};

} // namespace headlight::ui
