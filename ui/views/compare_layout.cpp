#include "ui/views/compare_layout.h"

namespace headlight::ui {
namespace {

constexpr double rowRatio = 2.5; ///< from here on three stand in a row
constexpr double columnRatio = 0.62; ///< up to here three stand in a column
constexpr double smallShare = 0.38; ///< of the width, for A and B beside the large difference

CompareLayout inRow(const QRectF& area, double gap)
{
    const double width = (area.width() - 2 * gap) / 3;
    const auto place = [&](int i) {
        return QRectF(area.left() + i * (width + gap), area.top(), width, area.height());
    };
    return { CompareLayout::Arrangement::Row, place(0), place(1), place(2) };
}

CompareLayout inColumn(const QRectF& area, double gap)
{
    const double height = (area.height() - 2 * gap) / 3;
    const auto place = [&](int i) {
        return QRectF(area.left(), area.top() + i * (height + gap), area.width(), height);
    };
    return { CompareLayout::Arrangement::Column, place(0), place(1), place(2) };
}

CompareLayout large(const QRectF& area, double gap)
{
    const double width = (area.width() - gap) * smallShare, height = (area.height() - gap) / 2;
    const QRectF a(area.left(), area.top(), width, height);
    const QRectF b(area.left(), a.bottom() + gap, width, height);
    return { CompareLayout::Arrangement::Large, a, b, area.adjusted(width + gap, 0, 0, 0) };
}

} // namespace

CompareLayout CompareLayout::of(const QRectF& area, CompareShow show)
{
    const CompareLayout alone{ Arrangement::Alone, {}, {}, area };
    if (show == CompareShow::Difference || area.isEmpty())
        return alone;
    const double ratio = area.width() / area.height();
    const CompareLayout wanted = ratio >= rowRatio ? inRow(area, gap)
        : ratio <= columnRatio                     ? inColumn(area, gap)
                                                   : large(area, gap);
    const bool fits = wanted.a.width() >= leastWidth && wanted.a.height() >= leastHeight;
    return fits ? wanted : alone;
}

} // namespace headlight::ui
