#include "ui/views/grid_layout.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

double gapOf(double cell)
{
    return std::clamp(cell * 0.14, 1.0, 12.0);
}

} // namespace

GridLayout GridLayout::fitted(const QRectF& room, int rows, int columns, Labels labels, double labelsWidth)
{
    GridLayout layout;
    layout.rows = rows;
    layout.columns = columns;
    layout.labels = labels;
    layout.labelsWidth = labelsWidth;
    if (rows <= 0 || columns <= 0)
        return layout;
    const bool sides = labels == Labels::Sides;
    layout.area = room.adjusted(sides ? labelsWidth : 0, sides ? columnLabelHeight : 0, 0, 0);
    const double caption = sides ? 0 : captionHeight;
    QSizeF cell(
        std::max(4.0, layout.area.width() / columns), std::max(4.0 + caption, layout.area.height() / rows));
    QSizeF thumbnail(
        cell.width() - gapOf(cell.width()), cell.height() - caption - gapOf(cell.height() - caption));
    thumbnail.setHeight(std::min({ thumbnail.height(), thumbnail.width(), largestThumbnail }));
    thumbnail.setWidth(std::min(thumbnail.width(), thumbnail.height() * 1.5));
    layout.thumbnail = thumbnail;
    layout.cell = QSizeF(std::min(cell.width(), thumbnail.width() + gapOf(cell.width())),
        std::min(cell.height(), thumbnail.height() + caption + gapOf(cell.height() - caption)));
    layout.area.setSize({ layout.cell.width() * columns, layout.cell.height() * rows });
    return layout;
}

QRectF GridLayout::rect(int place) const
{
    const int row = place / columns, column = place % columns;
    return { area.topLeft() + QPointF(column * cell.width(), row * cell.height()), thumbnail };
}

std::optional<int> GridLayout::placeAt(const QPointF& point) const
{
    if (rows == 0 || !area.contains(point))
        return std::nullopt;
    const int column = std::min(int((point.x() - area.left()) / cell.width()), columns - 1);
    const int row = std::min(int((point.y() - area.top()) / cell.height()), rows - 1);
    return row * columns + column;
}

int columnsFor(const QSizeF& room, int count, double aspect)
{
    if (count <= 0 || room.isEmpty())
        return 1;
    const double ideal = std::sqrt(count * room.width() / (room.height() * aspect));
    return std::clamp(int(std::lround(ideal)), 1, count);
}

} // namespace headlight::ui
