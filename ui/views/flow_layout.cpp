#include "ui/views/flow_layout.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

/// Beyond this, columns stand apart without telling more.
constexpr double widestColumn = 230;
/// How much wider the way between two stacks is.
constexpr double stackGap = 0.5;

} // namespace

FlowLayout::FlowLayout(const QRectF& area, FlowShape shape)
    : m_shape(std::move(shape))
{
    if (m_shape.rows.empty() || area.width() < 40 || area.height() < 40)
        return;
    double left = area.left();
    const double type = m_shape.typeScale, header = headerHeight * type;
    const bool roomy = area.width() > 560 * type;
    const double height = area.height() - header - halfLabel * type; // the label of a thin last row has room
    if (m_shape.picture > 0 && roomy) {
        const double width = std::min(pictureWidth, height / m_shape.picture);
        m_picture = QRectF(left, area.top() + header, width, width * m_shape.picture);
        left += width + gap;
    }
    const double widest = (roomy ? widestLabel : widestLabel / 2) * type;
    m_labels = QRectF(left, area.top() + header, std::min(m_shape.leftLabels, widest), height);
    m_bars =
        QRectF(m_labels.right() + gap / 2, m_labels.top(), (roomy ? barWidth : barWidth / 2) * type, height);
    const double right = std::min(m_shape.rightLabels, widest);
    const int levels = int(m_shape.rows.size());
    const bool pair = m_shape.secondStack < levels;
    const double ways = std::max(1.0, levels - 1 + (pair ? stackGap : 0.0));
    const double first = m_bars.right() + gap + 6;
    const double room = std::max(20.0, area.right() - right - gap - 6 - first);
    m_columnWidth = std::min(widestColumn, room / ways);
    for (int level = 0; level < levels; ++level)
        m_xs.push_back(
            first + m_columnWidth * (level + (pair && level >= m_shape.secondStack ? stackGap : 0.0)));
    m_plot = QRectF(first, m_labels.top(), m_xs.back() - first, height);
    m_headers = QRectF(area.left(), area.top(), area.width(), header);
    m_rightLabels = QRectF(m_xs.back() + gap + 2, m_labels.top(), right, height);
}

double FlowLayout::rowHeight(int level) const
{
    // Few tokens stay together instead of drifting apart.
    return std::min(56.0, m_plot.height() / std::max(1, rows(level)));
}

QPointF FlowLayout::centre(const FlowNode& node) const
{
    return { x(node.level), m_plot.top() + (node.row + 0.5) * rowHeight(node.level) };
}

int FlowLayout::nodes(int level) const
{
    if (rowHeight(level) >= smallestNode)
        return rows(level);
    return std::clamp(int(m_plot.height() / smallestNode), 1, std::max(1, rows(level)));
}

int FlowLayout::nodeOf(int level, int row) const
{
    return int(std::int64_t(row) * nodes(level) / std::max(1, rows(level)));
}

double FlowLayout::nodeHeight(int level) const
{
    return rowHeight(level) * rows(level) / std::max(1, nodes(level));
}

QPointF FlowLayout::nodeCentre(int level, int node) const
{
    return { x(level), m_plot.top() + (node + 0.5) * nodeHeight(level) };
}

std::optional<FlowNode> FlowLayout::at(const QPointF& point) const
{
    if (empty() || point.y() < m_plot.top() || point.x() < m_labels.left()
        || point.x() > std::max(m_rightLabels.right(), m_xs.back() + gap))
        return std::nullopt;
    int nearest = 0;
    for (int level = 1; level < levels(); ++level)
        if (std::abs(point.x() - x(level)) < std::abs(point.x() - x(nearest)))
            nearest = level;
    // Between two columns there are lines, not tokens.
    const bool between = point.x() > m_xs.front() && point.x() < m_xs.back();
    if (between && std::abs(point.x() - x(nearest)) > std::max(8.0, m_columnWidth * 0.3))
        return std::nullopt;
    const int row = int(std::floor((point.y() - m_plot.top()) / rowHeight(nearest)));
    if (row < 0 || row >= rows(nearest))
        return std::nullopt;
    return FlowNode{ nearest, row };
}

} // namespace headlight::ui
