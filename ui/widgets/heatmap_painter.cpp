#include "ui/widgets/heatmap_painter.h"

#include "ui/widgets/axis_labels.h"

#include <QPaintEngine>
#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double axisRoom = 18, barGap = 16;
/// Cells at least this wide hold a weight with two, and with four decimals.
constexpr double widthForTwoDecimals = 38, widthForFourDecimals = 60;
constexpr std::int64_t vectorCells = 250'000;

QString decimals(float weight, double cellWidth)
{
    if (cellWidth >= widthForFourDecimals)
        return weightText(weight);
    const QString text = QString::number(double(weight), 'f', 2);
    return text.startsWith(QLatin1String("0.")) ? text.mid(1) : text;
}

void strokeRect(QPainter& painter, const QRectF& rect, const QColor& colour, double width)
{
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect);
}

/// A frame that leaves what it frames visible, however thin that is.
QRectF visibleAround(const QRectF& rect)
{
    const double x = std::max(0.5, (7 - rect.width()) / 2), y = std::max(0.5, (7 - rect.height()) / 2);
    return rect.adjusted(-x, -y, x - 0.5, y - 0.5);
}

} // namespace

bool paintsVector(const QPainter& painter)
{
    const QPaintEngine* engine = painter.paintEngine();
    return engine
        && (engine->type() == QPaintEngine::SVG || engine->type() == QPaintEngine::Pdf
            || engine->type() == QPaintEngine::Picture);
}

HeatmapPainter::HeatmapPainter(const HeatmapContent& content, const Theme& theme)
    : m_content(content)
    , m_theme(theme)
    , m_rowLabelWidth(labelWidth(content.rowLabels, theme))
    , m_columnLabelHeight(slantedHeight(labelWidth(content.columnLabels, theme), theme))
{
}

/// Room between the map and its colour bar.
double HeatmapPainter::rightOfPlot() const
{
    return m_content.given.empty() ? barGap : barGap + rowSumsWidth;
}

HeatmapGeometry HeatmapPainter::fitted(const QRectF& area) const
{
    const QRectF room = area.adjusted(axisRoom + m_rowLabelWidth + labelGap, m_columnLabelHeight + labelGap,
        -(rightOfPlot() + ColourBar::width), -(sumsHeight + 4));
    return HeatmapGeometry::fitted(room, m_content.rows, m_content.columns);
}

QSizeF HeatmapPainter::naturalSize() const
{
    const double line = QFontMetricsF(m_theme.small).height();
    const auto side = [line](int cells) {
        return std::clamp(cells * (line + 12), 60.0, std::max(720.0, 2.0 * cells));
    };
    return { axisRoom + m_rowLabelWidth + labelGap + side(m_content.columns) + rightOfPlot()
            + ColourBar::width,
        m_columnLabelHeight + labelGap + side(m_content.rows) + sumsHeight + 4 };
}

void HeatmapPainter::paintCells(
    QPainter& painter, const HeatmapGeometry& geometry, const CellValues& detail) const
{
    if (geometry.empty())
        return;
    painter.save();
    painter.setClipRect(geometry.plot, Qt::IntersectClip);
    const Block visible = geometry.visible();
    const CellValues& best = detail.exact() && detail.covers(visible) ? detail : m_content.cells;
    const bool exact = best.exact() && best.covers(visible);
    if (exact && paintsVector(painter) && visible.rows() * visible.columns() <= vectorCells)
        paintVector(painter, geometry, best);
    else
        paintRaster(painter, geometry, detail);
    if (exact && geometry.cellWidth() >= widthForTwoDecimals && geometry.cellHeight() >= 18)
        paintNumbers(painter, geometry, best);
    painter.restore();
}

void HeatmapPainter::paintVector(
    QPainter& painter, const HeatmapGeometry& geometry, const CellValues& cells) const
{
    // Neighbours without a gap overlap a little, or renderers show the seams.
    const double gap =
        std::min(geometry.cellWidth(), geometry.cellHeight()) >= smallestCellWithGap ? 1.0 : -0.3;
    const Block visible = geometry.visible();
    for (auto row = visible.firstRow; row < visible.lastRow; ++row)
        for (auto column = visible.firstColumn; column < visible.lastColumn; ++column)
            painter.fillRect(geometry.cellRect(int(row), int(column)).adjusted(0, 0, -gap, -gap),
                QColor(m_content.colours.colour(cells.at(row, column), row)));
}

void HeatmapPainter::paintRaster(
    QPainter& painter, const HeatmapGeometry& geometry, const CellValues& detail) const
{
    // As many pixels as the device has there, so that every cell gets its own colour and no blend.
    const QTransform& device = painter.deviceTransform();
    const QSizeF scaled(geometry.plot.width() * device.m11(), geometry.plot.height() * device.m22());
    constexpr int mostPixels = 8192;
    const QSize pixels(std::clamp(int(std::lround(scaled.width())), 1, mostPixels),
        std::clamp(int(std::lround(scaled.height())), 1, mostPixels));
    QImage image(pixels, QImage::Format_RGB32);
    image.fill(m_theme.surface);
    ui::paintCells(image, m_content.cells, geometry.window, m_content.colours, m_content.pooling);
    ui::paintCells(image, detail, geometry.window, m_content.colours, m_content.pooling);
    painter.drawImage(geometry.plot, image);
    if (std::min(geometry.cellWidth(), geometry.cellHeight()) < smallestCellWithGap)
        return;
    const Block visible = geometry.visible();
    for (auto row = visible.firstRow; row < visible.lastRow; ++row) {
        const QRectF cell = geometry.cellRect(int(row), 0);
        painter.fillRect(
            QRectF(geometry.plot.left(), cell.bottom() - 1, geometry.plot.width(), 1), m_theme.window);
    }
    for (auto column = visible.firstColumn; column < visible.lastColumn; ++column) {
        const QRectF cell = geometry.cellRect(0, int(column));
        painter.fillRect(
            QRectF(cell.right() - 1, geometry.plot.top(), 1, geometry.plot.height()), m_theme.window);
    }
}

void HeatmapPainter::paintNumbers(
    QPainter& painter, const HeatmapGeometry& geometry, const CellValues& cells) const
{
    QFont font = m_theme.small;
    font.setPixelSize(geometry.cellWidth() >= widthForFourDecimals ? 12 : 11);
    painter.setFont(font);
    const Block visible = geometry.visible();
    for (auto row = visible.firstRow; row < visible.lastRow; ++row)
        for (auto column = visible.firstColumn; column < visible.lastColumn; ++column) {
            const float weight = cells.at(row, column);
            painter.setPen(textOn(m_content.colours.colour(weight, row)));
            painter.drawText(geometry.cellRect(int(row), int(column)), Qt::AlignCenter,
                decimals(weight, geometry.cellWidth()));
        }
}

void HeatmapPainter::paintFrame(
    QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const
{
    if (geometry.empty())
        return;
    painter.save();
    paintRowLabels(painter, geometry, marks);
    paintColumnLabels(painter, geometry, marks);
    paintAxes(painter, geometry);
    paintSums(painter, geometry);
    paintRowSums(painter, geometry);
    paintBar(painter, geometry);
    painter.restore();
}

void HeatmapPainter::paintRowLabels(
    QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const
{
    const double line = QFontMetricsF(m_theme.small).height();
    std::vector<int> bold = marks.rows;
    if (marks.hover)
        bold.push_back(marks.hover->row);
    const Block visible = geometry.visible();
    for (int row :
        thinnedLabels({ int(visible.firstRow), int(visible.lastRow) }, geometry.cellHeight(), line, bold)) {
        const QRectF cell = geometry.cellRect(row, 0);
        if (cell.center().y() < geometry.plot.top() || cell.center().y() > geometry.plot.bottom())
            continue;
        const QRectF place(geometry.plot.left() - labelGap - m_rowLabelWidth, cell.center().y() - line / 2,
            m_rowLabelWidth, line);
        paintRowLabel(
            painter, place, m_content.rowLabels.value(row), labelLook(row, bold, marks.rows), m_theme);
    }
}

void HeatmapPainter::paintColumnLabels(
    QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const
{
    std::vector<int> bold, chosen;
    if (marks.column)
        chosen.push_back(*marks.column);
    bold = chosen;
    if (marks.hover)
        bold.push_back(marks.hover->column);
    const Block visible = geometry.visible();
    for (int column : thinnedLabels({ int(visible.firstColumn), int(visible.lastColumn) },
             geometry.cellWidth(), slantedSpacing(m_theme), bold)) {
        const double x = geometry.cellRect(0, column).center().x();
        if (x >= geometry.plot.left() && x <= geometry.plot.right())
            paintSlantedLabel(painter, QPointF(x, geometry.plot.top() - labelGap),
                m_content.columnLabels.value(column), labelLook(column, bold, chosen), m_theme);
    }
}

void HeatmapPainter::paintAxes(QPainter& painter, const HeatmapGeometry& geometry) const
{
    painter.setFont(m_theme.small);
    painter.setPen(m_theme.mutedText);
    const double left = geometry.plot.left() - labelGap - m_rowLabelWidth - axisRoom;
    const double line = QFontMetricsF(m_theme.small).height();
    painter.save();
    painter.translate(left + line / 2, geometry.plot.top() + std::min(geometry.plot.height() / 2, 90.0));
    painter.rotate(-90);
    painter.drawText(QRectF(-60, -line / 2, 120, line), Qt::AlignCenter,
        QCoreApplication::translate("Heatmap", "← query"));
    painter.restore();
    painter.drawText(
        QRectF(geometry.plot.left() - labelGap - 70, geometry.plot.top() - labelGap - line, 70, line),
        int(Qt::AlignRight | Qt::AlignVCenter) | Qt::TextDontClip,
        QCoreApplication::translate("Heatmap", "key →"));
}

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
    painter.drawText(QRectF(room.right() + 6, room.top() - 3, 60, line),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
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
    const QRectF room(
        geometry.plot.right() + 6, geometry.plot.top(), rowSumsWidth - 12, geometry.plot.height());
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

void HeatmapPainter::paintBar(QPainter& painter, const HeatmapGeometry& geometry) const
{
    const CellColours& colours = m_content.colours;
    const QRectF place(geometry.plot.right() + rightOfPlot(), geometry.plot.top(), ColourBar::width,
        std::clamp(geometry.plot.height(), 40.0, 220.0));
    ColourBar{ colours.map, colours.scale, colours.tops.front(), colours.perRow(), {} }.paint(
        painter, place, m_theme);
}

void HeatmapPainter::paintMarks(
    QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const
{
    if (geometry.empty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipRect(geometry.plot.adjusted(-2, -2, 2, 2), Qt::IntersectClip);
    for (int row : marks.rows)
        strokeRect(painter, visibleAround(geometry.rowRect(row)), m_theme.accent, 2);
    if (marks.column) {
        QColor line = m_theme.accent;
        line.setAlphaF(0.55f);
        strokeRect(painter, visibleAround(geometry.columnRect(*marks.column)), line, 1);
    }
    if (marks.hover) {
        // Light over dark, so that the cross stands out on every colour.
        const QRectF row = geometry.rowRect(marks.hover->row),
                     column = geometry.columnRect(marks.hover->column);
        for (const auto& [ink, outwards] :
            { std::pair(QColor(0, 0, 0, 110), 0.5), { QColor(255, 255, 255, 150), -0.5 } }) {
            strokeRect(painter, row.adjusted(-outwards, -outwards, outwards, outwards), ink, 1);
            strokeRect(painter, column.adjusted(-outwards, -outwards, outwards, outwards), ink, 1);
        }
    }
    if (marks.rows.size() == 1 && marks.column) {
        const QRectF cell = geometry.cellRect(marks.rows.front(), *marks.column);
        const QRectF frame =
            cell.width() >= 6 ? cell.adjusted(1, 1, -1.5, -1.5) : cell.adjusted(-3, -3, 3, 3);
        strokeRect(painter, frame, Qt::white, 2);
    }
    painter.restore();
}

} // namespace headlight::ui
