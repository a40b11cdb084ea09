// The lines of the Flow graph: which are drawn, how wide, in what colour; as pixels on screens and in
// pictures, as curves on pages.

#include "ui/views/flow_figure.h"
#include "ui/widgets/links_raster.h"
#include "ui/widgets/heatmap_painter.h"

#include <QPainter>
#include <QPainterPath>
#include <array>
#include <cmath>
#include <map>

namespace headlight::ui {
namespace {

constexpr double widestLine = 13;

} // namespace

QColor withAlpha(QColor colour, double alpha)
{
    colour.setAlphaF(float(std::clamp(alpha, 0.0, 1.0)));
    return colour;
}

/// What is drawn of the content's edges: strong enough, not hidden, those between the same nodes together.
std::vector<FlowPicture::Line> FlowPicture::lines(const FlowLayout& layout) const
{
    std::map<std::array<int, 4>, double> sums;
    for (const MixingEdge& edge : m_content->edges) {
        const MixingStep& step = m_content->graph.steps[std::size_t(edge.step)];
        if (edge.value < m_options.threshold * m_strongest[std::size_t(edge.step)])
            continue;
        const auto from = rowOf(step.upper, edge.from), to = rowOf(step.lower, edge.to);
        if (from && to)
            sums[{ step.upper, layout.nodeOf(step.upper, *from), step.lower,
                layout.nodeOf(step.lower, *to) }] += edge.value;
    }
    std::vector<Line> lines;
    for (const auto& [ends, value] : sums)
        lines.push_back({ { ends[0], ends[1] }, { ends[2], ends[3] }, value, 0, {} });
    std::ranges::stable_sort(lines, {}, &Line::value);
    return lines;
}

void FlowPicture::paintLine(QPainter& painter, const FlowLayout& layout, const Line& line) const
{
    const QPointF a = layout.nodeCentre(line.from.level, line.from.row),
                  b = layout.nodeCentre(line.to.level, line.to.row);
    QPainterPath path(a);
    const double bend = (a.x() - b.x()) * linkBend;
    path.cubicTo(a - QPointF(bend, 0), b + QPointF(bend, 0), b);
    painter.setPen(QPen(line.colour, line.width, Qt::SolidLine, Qt::FlatCap));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
}

/// Each with its colour and its width, the strongest last.
std::vector<FlowPicture::Line> FlowPicture::inkedLines(const FlowLayout& layout) const
{
    const Theme& theme = themeOf(m_scene);
    std::vector<Line> all = lines(layout);
    const double strongest = all.empty() ? 1.0 : std::max(all.back().value, 1e-12);
    const double full = m_content->method == FlowMethod::Raw ? 0.4 : 1.0;
    for (Line& line : all) {
        const double room = std::clamp(layout.nodeHeight(line.to.level) * 0.8, 2.0, widestLine) * full;
        line.width = 0.6 + line.value / std::max(strongest, 0.5) * room;
        const bool own = line.from.row == line.to.row
            && m_content->levels[std::size_t(line.from.level)].stack
                == m_content->levels[std::size_t(line.to.level)].stack;
        line.colour = withAlpha(own ? theme.mutedText : theme.accent,
            (own ? 0.15 : 0.2) + (own ? 0.4 : 0.6) * std::sqrt(line.value / strongest));
    }
    return all;
}

void FlowPicture::paintLines(QPainter& painter, const FlowLayout& layout) const
{
    const std::vector<Line> all = inkedLines(layout);
    if (!paintsVector(painter))
        return paintPixels(painter, layout, all);
    for (const Line& line : all)
        paintLine(painter, layout, line);
}

/// The same on a screen or in a picture, as pixels at once: those between two levels at a time.
void FlowPicture::paintPixels(
    QPainter& painter, const FlowLayout& layout, const std::vector<Line>& lines) const
{
    const double scale = painter.deviceTransform().m11();
    std::map<std::pair<int, int>, std::vector<RasterLink>> gaps;
    // Whole pixels: what is drawn between them would be blurred.
    const int above = int(std::floor((layout.plot().top() - widestLine) * scale));
    const int rows = int(std::ceil((layout.plot().bottom() + widestLine) * scale)) - above;
    const auto height = [&](const FlowNode& node) {
        return layout.nodeCentre(node.level, node.row).y() * scale - above;
    };
    for (const Line& line : lines)
        gaps[{ line.to.level, line.from.level }].push_back(
            { height(line.to), height(line.from), line.width * scale, line.colour });
    for (const auto& [levels, links] : gaps) {
        const int left = int(std::lround(layout.x(levels.first) * scale)),
                  right = int(std::lround(layout.x(levels.second) * scale));
        QImage image(right - left, rows, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        drawLinks(image, LinkShape::Curved, links);
        painter.drawImage(
            QRectF(left / scale, above / scale, image.width() / scale, image.height() / scale), image);
    }
}

} // namespace headlight::ui
