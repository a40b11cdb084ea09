#include "ui/views/links_layout.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {

LinksLayout LinksLayout::of(
    const QRectF& area, int rows, int columns, double leftWidth, double rightWidth, double labelHeight)
{
    LinksLayout layout;
    layout.rows = rows;
    layout.columns = columns;
    layout.labelHeight = labelHeight;
    const double most = area.width() / 3;
    const auto height = [&](int count) {
        const double whole = std::min(area.height(), count * widestStep);
        return count * labelHeight > whole ? whole - labelHeight / 2 - 1 : whole; // the last label has room
    };
    layout.left = QRectF(area.left(), area.top(), std::min(leftWidth, most), height(rows));
    const double right = std::min(rightWidth, most);
    layout.right = QRectF(area.right() - right, area.top(), right, height(columns));
    return layout;
}

int LinksLayout::stride(double step) const
{
    return step > 0 ? std::max(1, int(std::ceil(labelHeight / step))) : 1;
}

std::optional<int> LinksLayout::rowAt(const QPointF& point) const
{
    if (rows == 0 || point.x() < left.left() || point.x() > lineLeft() || point.y() < left.top()
        || point.y() >= left.bottom())
        return std::nullopt;
    return std::clamp(int((point.y() - left.top()) / leftStep()), 0, rows - 1);
}

std::optional<int> LinksLayout::columnAt(const QPointF& point) const
{
    if (columns == 0 || point.x() > right.right() || point.x() < lineRight() || point.y() < right.top()
        || point.y() >= right.bottom())
        return std::nullopt;
    return std::clamp(int((point.y() - right.top()) / rightStep()), 0, columns - 1);
}

} // namespace headlight::ui
