#include "ui/widgets/heatmap_painter.h"

#include "ui/widgets/axis_labels.h"

#include <QPaintEngine>
#include <QPainter>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double axisRoom = 18;
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

QString signedDecimals(float difference, double cellWidth)
{
    if (std::abs(difference) < 0.0005f)
        return QStringLiteral("0");
    return (difference < 0 ? QChar(u'\u2212') : QChar(u'+')) + decimals(std::abs(difference), cellWidth);
}

/// Lines from lower left to upper right whose places do not depend on the rectangle, so that neighbours join.
void hatch(QPainter& painter, const QRectF& rect, const Theme& theme)
{
    constexpr double spacing = 6;
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.fillRect(rect, theme.surface);
    if (std::min(rect.width(), rect.height()) >= 3) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.mutedText, 0.8));
        const double first = std::ceil((rect.left() + rect.top()) / spacing) * spacing;
        for (double sum = first; sum < rect.right() + rect.bottom(); sum += spacing)
            painter.drawLine(
                QPointF(sum - rect.bottom(), rect.bottom()), QPointF(sum - rect.top(), rect.top()));
    }
    painter.restore();
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

/// The sums have a name that stands under the row labels.
double nameWidth(const HeatmapContent& content, const Theme& theme)
{
    return content.hasSums ? labelWidth({ QCoreApplication::translate("Heatmap", "received") }, theme) : 0.0;
}

/// Of what stands slanted over the columns at the right.
double titleWidth(const HeatmapContent& content, const Theme& theme)
{
    QStringList titles;
    if (!content.sinks.empty())
        titles << QCoreApplication::translate("Heatmap", "sink %");
    if (!content.experts.empty())
        titles << QCoreApplication::translate("Heatmap", "experts");
    return titles.isEmpty() ? 0.0 : labelWidth(titles, theme);
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
    , m_rowLabelWidth(std::max(labelWidth(content.rowLabels, theme), nameWidth(content, theme)))
    , m_columnLabelWidth(labelWidth(content.columnLabels, theme))
    , m_slantedHeight(slantedHeight(std::max(m_columnLabelWidth, titleWidth(content, theme)), theme))
{
}

double HeatmapPainter::givenRoom() const
{
    return m_content.given.empty() ? 0.0 : rowSumsWidth;
}

double HeatmapPainter::besideRoom() const
{
    return m_content.beside.empty() ? 0.0 : besideWidth + labelGap;
}

double HeatmapPainter::roomAtRight() const
{
    return sinkRoom() + givenRoom() + besideRoom() + expertRoom()
        + (m_content.hasBar ? barGap + ColourBar::width(m_theme) : 4.0);
}

double HeatmapPainter::roomBelow() const
{
    const double name = m_content.beside.empty() ? 0.0 : QFontMetricsF(m_theme.small).height() + 4;
    return std::max(m_content.hasSums ? sumsHeight + 4 : 4.0, name);
}

HeatmapGeometry HeatmapPainter::fitted(const QRectF& area) const
{
    const auto below = [&](double labels) {
        const QRectF room = area.adjusted(
            axisRoom + m_rowLabelWidth + labelGap, labels + labelGap, -roomAtRight(), -roomBelow());
        return HeatmapGeometry::fitted(room, m_content.rows, m_content.columns);
    };
    const HeatmapGeometry slanted = below(m_slantedHeight);
    return slanted.empty() ? slanted : below(labelHeight(slanted.cellWidth()));
}

/// Straight where all labels fit over their cells. What stands at the right has slanted titles of its own.
double HeatmapPainter::labelHeight(double cellWidth) const
{
    const bool alone = m_content.sinks.empty() && m_content.experts.empty();
    return alone && labelsFit(m_columnLabelWidth, cellWidth) ? QFontMetricsF(m_theme.small).height()
                                                             : m_slantedHeight;
}

QSizeF HeatmapPainter::naturalSize() const
{
    const double line = QFontMetricsF(m_theme.small).height();
    const auto side = [line](int cells) {
        return std::clamp(cells * (line + 12), 60.0, std::max(720.0, 2.0 * cells));
    };
    return { axisRoom + m_rowLabelWidth + labelGap + side(m_content.columns) + roomAtRight(),
        labelHeight(side(m_content.columns) / std::max(m_content.columns, 1)) + labelGap
            + side(m_content.rows) + roomBelow() };
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
    paintGaps(painter, geometry);
    if (exact && geometry.cellWidth() >= widthForTwoDecimals && geometry.cellHeight() >= 18)
        paintNumbers(painter, geometry, best);
    painter.restore();
}

void HeatmapPainter::paintVector(
    QPainter& painter, const HeatmapGeometry& geometry, const CellValues& cells) const
{
    const Block visible = geometry.visible();
    const auto colour = [&](std::int64_t row, std::int64_t column) {
        return m_content.colours.colour(cells.at(row, column), row);
    };
    if (std::min(geometry.cellWidth(), geometry.cellHeight()) >= smallestCellWithGap) {
        for (auto row = visible.firstRow; row < visible.lastRow; ++row)
            for (auto column = visible.firstColumn; column < visible.lastColumn; ++column)
                painter.fillRect(geometry.cellRect(int(row), int(column)).adjusted(0, 0, -1, -1),
                    QColor(colour(row, column)));
        return;
    }
    // Neighbours without a gap overlap a little and are not smoothed, or renderers show the seams. Those of
    // one colour are one rectangle.
    constexpr double overlap = 1; // of what comes after, which is painted over it
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (auto row = visible.firstRow; row < visible.lastRow; ++row)
        for (auto column = visible.firstColumn, end = column + 1; column < visible.lastColumn;
             column = end++) {
            while (end < visible.lastColumn && colour(row, end) == colour(row, column))
                ++end;
            const QRectF run =
                geometry.cellRect(int(row), int(column)) | geometry.cellRect(int(row), int(end - 1));
            painter.fillRect(run.adjusted(0, 0, overlap, overlap), QColor(colour(row, column)));
        }
}

void HeatmapPainter::paintRaster(
    QPainter& painter, const HeatmapGeometry& geometry, const CellValues& detail) const
{
    // As many pixels as the device has there, so that every cell gets its own colour and no blend.
    constexpr int mostPixels = 8192;
    const QTransform& device = painter.deviceTransform();
    const auto pixelsFor = [&](double length, double scale, std::int64_t cells) {
        // A vector file has no pixels of its own: every cell gets the same whole number of them.
        const double each = std::max(1.0, std::round(2 * length / double(std::max<std::int64_t>(1, cells))));
        const double wanted = paintsVector(painter) ? each * double(cells) : length * scale;
        return std::clamp(int(std::lround(wanted)), 1, mostPixels);
    };
    const Block seen = geometry.visible();
    const QSize pixels(pixelsFor(geometry.plot.width(), device.m11(), seen.columns()),
        pixelsFor(geometry.plot.height(), device.m22(), seen.rows()));
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
            if (inGap(int(row), int(column)))
                continue;
            const float weight = cells.at(row, column);
            painter.setPen(textOn(m_content.colours.colour(weight, row)));
            painter.drawText(geometry.cellRect(int(row), int(column)), Qt::AlignCenter,
                m_content.colours.isSigned ? signedDecimals(weight, geometry.cellWidth())
                                           : decimals(weight, geometry.cellWidth()));
        }
}

bool HeatmapPainter::inGap(int row, int column) const
{
    return std::ranges::binary_search(m_content.gapRows, row)
        || std::ranges::binary_search(m_content.gapColumns, column);
}

/// Neighbouring gaps are one area: of thousands of thin ones few are drawn.
void HeatmapPainter::paintGaps(QPainter& painter, const HeatmapGeometry& geometry) const
{
    const double gap =
        std::min(geometry.cellWidth(), geometry.cellHeight()) >= smallestCellWithGap ? 1.0 : 0.0;
    const auto paint = [&](const std::vector<int>& gaps, bool rows) {
        for (std::size_t first = 0; first < gaps.size();) {
            std::size_t last = first;
            while (last + 1 < gaps.size() && gaps[last + 1] == gaps[last] + 1)
                ++last;
            const QRectF area = rows ? geometry.rowRect(gaps[first]) | geometry.rowRect(gaps[last])
                                     : geometry.columnRect(gaps[first]) | geometry.columnRect(gaps[last]);
            if (!area.isEmpty())
                hatch(painter, area.adjusted(0, 0, -gap, -gap), m_theme);
            first = last + 1;
        }
    };
    paint(m_content.gapColumns, false);
    paint(m_content.gapRows, true);
}

void HeatmapPainter::paintFrame(
    QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const
{
    if (geometry.empty())
        return;
    painter.save();
    if (m_content.colours.isSigned) // its middle is as light as a light page
        strokeRect(painter, geometry.plot.adjusted(-0.5, -0.5, -0.5, -0.5), m_theme.border, 1);
    paintRowLabels(painter, geometry, marks);
    paintColumnLabels(painter, geometry, marks);
    paintAxes(painter, geometry);
    paintSums(painter, geometry);
    paintRowSums(painter, geometry);
    paintBeside(painter, geometry);
    paintSinks(painter, geometry);
    paintExperts(painter, geometry);
    if (m_content.hasBar)
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
    const bool straight = labelsFit(m_columnLabelWidth, geometry.cellWidth());
    const auto paint = straight ? paintStraightLabel : paintSlantedLabel;
    for (int column : thinnedLabels({ int(visible.firstColumn), int(visible.lastColumn) },
             geometry.cellWidth(), straight ? m_columnLabelWidth : slantedSpacing(m_theme), bold)) {
        const double x = geometry.cellRect(0, column).center().x();
        if (x >= geometry.plot.left() && x <= geometry.plot.right())
            paint(painter, QPointF(x, geometry.plot.top() - labelGap), m_content.columnLabels.value(column),
                labelLook(column, bold, chosen), m_theme);
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

void HeatmapPainter::paintMarks(
    QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const
{
    if (geometry.empty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipRect(geometry.plot.adjusted(-2, -2, 2, 2), Qt::IntersectClip);
    const QColor contrast = m_content.colours.isSigned ? QColor(0x20, 0x20, 0x20) : QColor(Qt::white);
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
        strokeRect(painter, frame, contrast, 2);
    }
    painter.restore();
}

} // namespace headlight::ui
