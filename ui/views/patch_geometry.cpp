#include "ui/views/patch_geometry.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {

QRectF PatchGeometry::fitted(const QSizeF& picture, const QRectF& room)
{
    if (picture.isEmpty() || room.width() < 1 || room.height() < 1)
        return { room.topLeft(), QSizeF(0, 0) };
    const double factor = std::min(room.width() / picture.width(), room.height() / picture.height());
    return { room.topLeft(), picture * factor };
}

QRectF PatchGeometry::cellRect(const PatchGrid::Cell& cell) const
{
    const PictureArea area = frame == Frame::Original ? grid.pictureArea(cell) : grid.modelArea(cell);
    const double x = target.width() / picture.width(), y = target.height() / picture.height();
    return { target.left() + area.left * x, target.top() + area.top * y, area.width * x, area.height * y };
}

QRectF PatchGeometry::seen() const
{
    if (grid.patches() == 0)
        return {};
    return cellRect({ 0, 0 }).united(cellRect({ grid.rows() - 1, grid.columns() - 1 }));
}

std::optional<PatchGrid::Cell> PatchGeometry::cellAt(const QPointF& pixel) const
{
    const QRectF all = seen();
    if (all.isEmpty() || pixel.x() < all.left() || pixel.y() < all.top() || pixel.x() >= all.right()
        || pixel.y() >= all.bottom() || !target.contains(pixel))
        return std::nullopt;
    const int row = int((pixel.y() - all.top()) / all.height() * grid.rows());
    const int column = int((pixel.x() - all.left()) / all.width() * grid.columns());
    return PatchGrid::Cell{ std::clamp(row, 0, grid.rows() - 1), std::clamp(column, 0, grid.columns() - 1) };
}

} // namespace headlight::ui
