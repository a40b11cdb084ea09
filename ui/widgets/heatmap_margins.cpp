// What stands around a heat map's cells: sums of columns and rows, bars beside the rows, the colour bar.

#include "ui/widgets/heatmap_painter.h"

#include "ui/style/head_colours.h"
#include "ui/widgets/axis_labels.h"

#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

/// More chips than these per row say less.
constexpr int mostExperts = 8;

} // namespace

void HeatmapPainter::paintSums(QPainter& painter, const HeatmapGeometry& geometry) const
{
    if (m_content.received.empty())
        return;
    const float top = *std::ranges::max_element(m_content.received);
    const QRectF room(
        geometry.plot.left(), geometry.plot.bottom() + 6, geometry.plot.width(), sumsHeight - 8);
    painter.setFont(m_theme.small);
    painter.setPen(m_theme.mutedText);
    const double line = QFontMetricsF(m_theme.small).height();
    painter.drawText(QRectF(room.left() - labelGap - 80, room.bottom() - line, 80, line),
        int(Qt::AlignRight | Qt::AlignVCenter) | Qt::TextDontClip,
        QCoreApplication::translate("Heatmap", "received"));
    // Under a column beside the map it would pass for the sum of that.
    const bool beside = sinkRoom() + expertRoom() > 0;
    const QRectF number = beside ? QRectF(room.left() - labelGap - 80, room.bottom() - 2 * line + 2, 80, line)
                                 : QRectF(room.right() + 6, room.top() - 3, 60, line);
    painter.drawText(number,
        int((beside ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter) | Qt::TextDontClip,
        QStringLiteral("Σ %1").arg(double(top), 0, 'f', 2));
    if (!(top > 0))
        return;
    painter.save();
    painter.setClipRect(room.adjusted(0, -1, 0, 1), Qt::IntersectClip);
    QColor bars = m_theme.accent;
    bars.setAlphaF(0.7f);
    const Block visible = geometry.visible();
    const double gap = geometry.cellWidth() >= smallestCellWithGap ? 1.0 : 0.0;
    for (auto column = visible.firstColumn; column < visible.lastColumn; ++column) {
        const QRectF cell = geometry.cellRect(0, int(column));
        const double height = double(m_content.received[std::size_t(column)] / top) * room.height();
        painter.fillRect(QRectF(cell.left(), room.bottom() - height, cell.width() - gap, height), bars);
    }
    painter.restore();
}

/// What is left of each row's 1, as bars that end at 1.
void HeatmapPainter::paintRowSums(QPainter& painter, const HeatmapGeometry& geometry) const
{
    if (m_content.given.empty())
        return;
    const double top = std::max(1.0, double(std::ranges::max(m_content.given)));
    const QRectF room(geometry.plot.right() + sinkRoom() + 6, geometry.plot.top(), rowSumsWidth - 12,
        geometry.plot.height());
    const double line = QFontMetricsF(m_theme.small).height();
    painter.setFont(m_theme.small);
    painter.setPen(m_theme.mutedText);
    painter.drawText(QRectF(room.left(), room.top() - labelGap - line, room.width(), line),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
        QCoreApplication::translate("Heatmap", "Σ row"));
    painter.save();
    painter.setClipRect(room.adjusted(-1, 0, 1, 0), Qt::IntersectClip);
    QColor bars = m_theme.accent;
    bars.setAlphaF(0.7f);
    const Block visible = geometry.visible();
    const double gap = geometry.cellHeight() >= smallestCellWithGap ? 1.0 : 0.0;
    for (auto row = visible.firstRow; row < visible.lastRow; ++row) {
        const QRectF cell = geometry.cellRect(int(row), 0);
        const double width = double(m_content.given[std::size_t(row)]) / top * room.width();
        painter.fillRect(QRectF(room.left(), cell.top(), width, cell.height() - gap), bars);
        if (geometry.cellHeight() < line)
            continue;
        painter.setPen(m_theme.text);
        painter.drawText(QRectF(room.left() + 3, cell.top(), room.width() - 3, cell.height()),
            int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
            QString::number(double(m_content.given[std::size_t(row)]), 'f', 2));
    }
    painter.setPen(m_theme.border);
    const double one = room.left() + room.width() / top;
    painter.drawLine(QPointF(one, room.top()), QPointF(one, room.bottom()));
    painter.restore();
}

void HeatmapPainter::paintBeside(QPainter& painter, const HeatmapGeometry& geometry) const
{
    if (m_content.beside.empty())
        return;
    const QRectF room(geometry.plot.right() + sinkRoom() + givenRoom() + labelGap, geometry.plot.top(),
        besideWidth, geometry.plot.height());
    painter.setFont(m_theme.small);
    painter.setPen(m_theme.mutedText);
    const double line = QFontMetricsF(m_theme.small).height();
    painter.drawText(QRectF(room.center().x() - 60, room.bottom() + 3, 120, line),
        int(Qt::AlignHCenter | Qt::AlignVCenter) | Qt::TextDontClip, m_content.besideName);
    painter.save();
    painter.setClipRect(room, Qt::IntersectClip);
    painter.fillRect(room.adjusted(0, 0, 0, -1), m_theme.surface);
    QColor bars = m_theme.accent;
    bars.setAlphaF(0.75f);
    const Block visible = geometry.visible();
    const double gap = geometry.cellHeight() >= smallestCellWithGap ? 1.0 : 0.0;
    const double scale = painter.deviceTransform().m22();
    const auto edge = [&](std::int64_t row) { // edges that meet within a pixel would show as bands
        return std::round(geometry.cellRect(int(row), 0).top() * scale) / scale;
    };
    // Of rows that share a pixel the largest is drawn.
    const auto step = std::max<std::int64_t>(1, std::int64_t(std::ceil(1.0 / geometry.cellHeight())));
    for (auto row = visible.firstRow; row < visible.lastRow; row += step) {
        float value = 0;
        for (auto i = row; i < std::min(row + step, visible.lastRow); ++i)
            value = std::max(value, m_content.beside[std::size_t(i)]); // NaN never is the larger
        const double top = edge(row), width = std::min(double(value), 1.0) * room.width();
        painter.fillRect(QRectF(room.left(), top, width, edge(row + step) - top - gap), bars);
    }
    painter.restore();
}

double HeatmapPainter::sinkRoom() const
{
    return m_content.sinks.empty() ? 0.0 : sinkWidth + labelGap;
}

double HeatmapPainter::expertWidth() const
{
    const QString longest = QString::number(std::max(m_content.experts.count - 1, 0));
    return std::ceil(QFontMetricsF(m_theme.small).horizontalAdvance(QString(longest.size(), u'0'))) + 8;
}

double HeatmapPainter::expertRoom() const
{
    const HeatmapContent::Experts& experts = m_content.experts;
    return experts.empty() ? 0.0 : 2 * labelGap + std::min(experts.chosen, mostExperts) * expertWidth();
}

/// As the cells are coloured, and apart from them: what a sink takes goes to no key.
void HeatmapPainter::paintSinks(QPainter& painter, const HeatmapGeometry& geometry) const
{
    if (m_content.sinks.empty())
        return;
    const QRectF room(
        geometry.plot.right() + labelGap, geometry.plot.top(), sinkWidth, geometry.plot.height());
    paintSlantedLabel(painter, QPointF(room.center().x(), room.top() - labelGap),
        QCoreApplication::translate("Heatmap", "sink %"), LabelLook::Plain, m_theme);
    painter.save();
    painter.setClipRect(room, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(m_theme.small);
    const double line = QFontMetricsF(m_theme.small).height();
    const Block visible = geometry.visible();
    const double gap = geometry.cellHeight() >= smallestCellWithGap ? 1.0 : 0.0;
    // Of rows that share a pixel the largest share is drawn.
    const auto step = std::max<std::int64_t>(1, std::int64_t(1.0 / geometry.cellHeight()));
    for (auto row = visible.firstRow; row < visible.lastRow; row += step) {
        const auto first = m_content.sinks.begin() + row;
        const float share = *std::max_element(first, first + std::min(step, visible.lastRow - row));
        const QRectF cell = geometry.cellRect(int(row), 0);
        const QRectF place(room.left(), cell.top(), room.width(), cell.height() * double(step) - gap);
        const QRgb colour = m_content.colours.colour(share, row);
        painter.fillRect(place, QColor(colour));
        if (cell.height() < line)
            continue;
        painter.setPen(textOn(colour));
        painter.drawText(place, Qt::AlignCenter, QString::number(std::lround(100 * double(share))));
    }
    painter.restore();
}

/// A chip per expert, best first; the stronger its weight the fuller its colour.
void HeatmapPainter::paintExperts(QPainter& painter, const HeatmapGeometry& geometry) const
{
    const HeatmapContent::Experts& experts = m_content.experts;
    if (experts.empty())
        return;
    const int shown = std::min(experts.chosen, mostExperts);
    const double width = expertWidth(), line = QFontMetricsF(m_theme.small).height();
    const QRectF room(geometry.plot.right() + sinkRoom() + givenRoom() + besideRoom() + 2 * labelGap,
        geometry.plot.top(), shown * width, geometry.plot.height());
    paintSlantedLabel(painter, QPointF(room.left() + width / 2, room.top() - labelGap),
        QCoreApplication::translate("Heatmap", "experts"), LabelLook::Plain, m_theme);
    const float top = *std::ranges::max_element(experts.weights);
    painter.save();
    painter.setClipRect(room, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(m_theme.small);
    const Block visible = geometry.visible();
    const auto step = std::max<std::int64_t>(1, std::int64_t(1.0 / geometry.cellHeight()));
    const double gap = geometry.cellHeight() >= smallestCellWithGap ? 1.0 : 0.0;
    for (auto row = visible.firstRow; row < visible.lastRow; row += step)
        for (int i = 0; i < shown; ++i) {
            const auto place = std::size_t(row * experts.chosen + i);
            const QRectF cell = geometry.cellRect(int(row), 0);
            const QRectF chip(
                room.left() + i * width, cell.top(), width - 1, cell.height() * double(step) - gap);
            QColor colour = headColour(experts.numbers[place], m_theme.kind);
            colour.setAlphaF(0.15f + 0.6f * (top > 0 ? experts.weights[place] / top : 0.0f));
            painter.fillRect(chip, colour);
            if (cell.height() < line)
                continue;
            painter.setPen(m_theme.text);
            painter.drawText(chip, Qt::AlignCenter, QString::number(experts.numbers[place]));
        }
    painter.restore();
}

void HeatmapPainter::paintBar(QPainter& painter, const HeatmapGeometry& geometry) const
{
    const CellColours& colours = m_content.colours;
    const QRectF place(
        geometry.plot.right() + sinkRoom() + givenRoom() + besideRoom() + expertRoom() + barGap,
        geometry.plot.top(), ColourBar::width(m_theme), std::clamp(geometry.plot.height(), 40.0, 220.0));
    ColourBar{ colours.map, colours.scale, colours.tops.front(), colours.perRow(), {}, colours.isSigned }
        .paint(painter, place, m_theme);
}

} // namespace headlight::ui
