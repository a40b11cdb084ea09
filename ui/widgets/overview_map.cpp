#include "ui/widgets/overview_map.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double captionHeight = 22, largestSide = 24;

} // namespace

double OverviewContent::side(const QRectF& area) const
{
    if (heads == 0 || layers.empty())
        return 0;
    return std::clamp(std::min(area.width() / heads, (area.height() - captionHeight) / double(layers.size())),
        1.0, largestSide);
}

double OverviewContent::heightFor(double width) const
{
    return captionHeight + double(layers.size()) * std::min(largestSide, width / std::max(heads, 1)) + 2;
}

double OverviewContent::naturalWidth(const Theme& theme) const
{
    const double squares = std::min(180.0, heads * largestSide);
    return std::ceil(std::max(squares, QFontMetricsF(theme.small).horizontalAdvance(caption) + 2));
}

QRectF OverviewContent::square(const QRectF& area, const Head& head) const
{
    const double size = side(area);
    const auto row = std::ranges::find(layers, head.layer) - layers.begin();
    return { area.left() + head.head * size, area.top() + captionHeight + double(row) * size, size, size };
}

void OverviewContent::paint(QPainter& painter, const QRectF& area, int chosenLayer,
    const std::vector<int>& chosenHeads, const Theme& theme) const
{
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(area.left(), area.top(), area.width(), captionHeight - 4),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, caption);
    float top = 0;
    for (const Head& head : values)
        top = std::max(top, head.value);
    const double gap = side(area) >= 6 ? 1 : 0;
    for (const Head& head : values) {
        painter.setOpacity(head.faded ? 0.15 : 1.0);
        painter.fillRect(
            square(area, head).adjusted(0, 0, -gap, -gap), QColor(map->at(top > 0 ? head.value / top : 0)));
    }
    painter.setOpacity(1.0);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.highlight, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    for (const Head& head : values) {
        if (head.layer == chosenLayer && std::ranges::find(chosenHeads, head.head) != chosenHeads.end())
            painter.drawRect(square(area, head).adjusted(0, 0, -gap, -gap));
    }
}

OverviewMap::OverviewMap(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setAccessibleName(tr("Map of all heads; a click chooses one"));
    makeAccessible(this, accessible());
}

AccessibleMap OverviewMap::accessible()
{
    const auto headOf = [this](AccessibleCell cell) -> const OverviewContent::Head* {
        const auto found = std::ranges::find_if(m_content.values, [&](const OverviewContent::Head& head) {
            return head.layer == m_content.layers[std::size_t(cell.row)] && head.head == cell.column;
        });
        return found == m_content.values.end() ? nullptr : &*found;
    };
    AccessibleMap map;
    map.rows = [this] { return int(m_content.layers.size()); };
    map.columns = [this] { return m_content.heads; };
    map.value = [headOf](AccessibleCell cell) {
        const auto* head = headOf(cell);
        return head ? QString(head->tip).replace(u'\n', QStringLiteral(", ")) : QString();
    };
    map.current = [this]() -> std::optional<AccessibleCell> {
        const auto row = std::ranges::find(m_content.layers, m_layer) - m_content.layers.begin();
        return m_heads.empty() ? std::nullopt : std::optional(AccessibleCell{ int(row), m_heads.front() });
    };
    map.place = [this, headOf](AccessibleCell cell) {
        const auto* head = headOf(cell);
        return head ? m_content.square(rect(), *head).toAlignedRect() : QRect();
    };
    map.choose = [this](AccessibleCell cell) {
        emit headClicked(m_content.layers[std::size_t(cell.row)], cell.column, Qt::NoModifier);
    };
    return map;
}

void OverviewMap::setContent(const OverviewContent& content)
{
    m_content = content;
    setFixedWidth(int(content.naturalWidth(currentTheme())));
    setFixedHeight(int(m_content.heightFor(width())));
    update();
}

void OverviewMap::setChosen(int layer, const std::vector<int>& heads)
{
    m_layer = layer;
    m_heads = heads;
    update();
}

const OverviewContent::Head* OverviewMap::headAt(const QPointF& pixel) const
{
    const auto found = std::ranges::find_if(m_content.values,
        [&](const OverviewContent::Head& head) { return m_content.square(rect(), head).contains(pixel); });
    return found == m_content.values.end() ? nullptr : &*found;
}

void OverviewMap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_content.map)
        m_content.paint(painter, rect(), m_layer, m_heads, currentTheme());
}

void OverviewMap::mousePressEvent(QMouseEvent* event)
{
    if (const auto* head = headAt(event->position()))
        emit headClicked(head->layer, head->head, event->modifiers());
}

bool OverviewMap::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto* head = headAt(help->pos()))
        QToolTip::showText(help->globalPos(), head->tip, this);
    else
        QToolTip::hideText();
    return true;
}

} // namespace headlight::ui
