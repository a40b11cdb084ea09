#include "ui/widgets/heatmap_geometry.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

QRectF insideMap(QRectF window, int rows, int columns)
{
    window.setWidth(std::min<double>(window.width(), columns));
    window.setHeight(std::min<double>(window.height(), rows));
    window.moveLeft(std::clamp(window.left(), 0.0, columns - window.width()));
    window.moveTop(std::clamp(window.top(), 0.0, rows - window.height()));
    return window;
}

} // namespace

HeatmapGeometry HeatmapGeometry::fitted(const QRectF& available, int rows, int columns)
{
    HeatmapGeometry g{ {}, QRectF(0, 0, std::max(columns, 0), std::max(rows, 0)), rows, columns };
    if (rows <= 0 || columns <= 0 || available.isEmpty())
        return g;
    const double side =
        std::min({ available.width() / columns, available.height() / rows, largestFittedCell });
    double width = side * columns, height = side * rows;
    if (std::max(rows, columns) > 4 * std::min(rows, columns)) { // a thin map uses the room it has
        width = std::min(available.width(), std::max(width, 8.0 * columns));
        height = std::min(available.height(), std::max(height, 8.0 * rows));
    }
    g.plot = QRectF(available.topLeft(), QSizeF(width, height));
    return g;
}

QRectF HeatmapGeometry::cellRect(int row, int column) const
{
    return { plot.left() + (column - window.left()) * cellWidth(),
        plot.top() + (row - window.top()) * cellHeight(), cellWidth(), cellHeight() };
}

QRectF HeatmapGeometry::rowRect(int row) const
{
    const QRectF cell = cellRect(row, 0);
    return QRectF(plot.left(), cell.top(), plot.width(), cell.height()) & plot;
}

QRectF HeatmapGeometry::columnRect(int column) const
{
    const QRectF cell = cellRect(0, column);
    return QRectF(cell.left(), plot.top(), cell.width(), plot.height()) & plot;
}

std::optional<Cell> HeatmapGeometry::cellAt(const QPointF& pixel) const
{
    if (empty() || pixel.x() < plot.left() || pixel.y() < plot.top() || pixel.x() >= plot.right()
        || pixel.y() >= plot.bottom())
        return std::nullopt;
    const int column = int(std::floor(window.left() + (pixel.x() - plot.left()) / cellWidth()));
    const int row = int(std::floor(window.top() + (pixel.y() - plot.top()) / cellHeight()));
    return Cell{ std::clamp(row, 0, rows - 1), std::clamp(column, 0, columns - 1) };
}

Block HeatmapGeometry::visible() const
{
    // A window edge that a rounding error pushed over a cell border does not bring in that cell.
    constexpr double slack = 1e-6;
    const auto first = [](double edge) { return std::int64_t(std::floor(edge + slack)); };
    const auto last = [](double edge) { return std::int64_t(std::ceil(edge - slack)); };
    return { std::clamp<std::int64_t>(first(window.top()), 0, rows),
        std::clamp<std::int64_t>(last(window.bottom()), 0, rows),
        std::clamp<std::int64_t>(first(window.left()), 0, columns),
        std::clamp<std::int64_t>(last(window.right()), 0, columns) };
}

HeatmapGeometry HeatmapGeometry::zoomed(double factor, const QPointF& anchor) const
{
    if (empty() || factor <= 0)
        return *this;
    factor = std::min(factor, std::max(1.0, largestCell / std::max(cellWidth(), cellHeight())));
    const double x = std::clamp((anchor.x() - plot.left()) / plot.width(), 0.0, 1.0);
    const double y = std::clamp((anchor.y() - plot.top()) / plot.height(), 0.0, 1.0);
    const QPointF held(window.left() + x * window.width(), window.top() + y * window.height());
    const QSizeF size(
        std::min<double>(window.width() / factor, columns), std::min<double>(window.height() / factor, rows));
    HeatmapGeometry g = *this;
    g.window = insideMap({ held - QPointF(x * size.width(), y * size.height()), size }, rows, columns);
    return g;
}

HeatmapGeometry HeatmapGeometry::panned(const QPointF& pixels) const
{
    if (empty())
        return *this;
    HeatmapGeometry g = *this;
    g.window =
        insideMap(window.translated(-pixels.x() / cellWidth(), -pixels.y() / cellHeight()), rows, columns);
    return g;
}

HeatmapGeometry HeatmapGeometry::revealing(const Cell& cell) const
{
    const auto moved = [](double first, double size, int index) {
        return index < first ? double(index) : index + 1 > first + size ? index + 1 - size : first;
    };
    HeatmapGeometry g = *this;
    g.window.moveLeft(moved(window.left(), window.width(), cell.column));
    g.window.moveTop(moved(window.top(), window.height(), cell.row));
    g.window = insideMap(g.window, rows, columns);
    return g;
}

} // namespace headlight::ui
