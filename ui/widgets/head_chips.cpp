// Implements head_chips.h.

#include "ui/widgets/head_chips.h"

#include "ui/style/head_colours.h"

#include <QMouseEvent>
#include <QPainter>

namespace headlight::ui {
namespace {

constexpr int chipWidth = 30, chipHeight = 22, chipGap = 4, allWidth = 38;

} // namespace

HeadChips::HeadChips(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Heads"));
    setToolTip(tr("Heads of this layer: click one, Ctrl+click to add or leave out"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void HeadChips::setHeads(int count, const std::vector<int>& chosen)
{
    const bool resized = count != m_count;
    m_count = count;
    m_chosen = chosen;
    m_focused = std::clamp(m_focused, 0, std::max(0, count));
    if (resized)
        updateGeometry();
    say();
    update();
}

/// What a screen reader hears.
void HeadChips::say()
{
    QStringList names;
    for (const int head : m_chosen)
        names << QString::number(head);
    setAccessibleDescription(
        tr("chosen: %1 of %2 heads: %3").arg(m_chosen.size()).arg(m_count).arg(names.join(u' ')));
}

int HeadChips::perLine(int width) const
{
    return std::max(1, (width + chipGap) / (chipWidth + chipGap));
}

QRect HeadChips::chipRect(int index) const
{
    const int line = perLine(width());
    const bool all = index == m_count;
    return { index % line * (chipWidth + chipGap), index / line * (chipHeight + chipGap),
        all ? allWidth : chipWidth, chipHeight };
}

QSize HeadChips::sizeHint() const
{
    return { std::min(m_count + 1, 13) * (chipWidth + chipGap) + allWidth - chipWidth, chipHeight };
}

int HeadChips::heightForWidth(int width) const
{
    const int line = perLine(width - (allWidth - chipWidth));
    return (m_count / line + 1) * (chipHeight + chipGap) - chipGap;
}

std::optional<int> HeadChips::chipAt(const QPoint& place) const
{
    for (int index = 0; index <= m_count; ++index) {
        if (chipRect(index).contains(place))
            return index;
    }
    return std::nullopt;
}

bool HeadChips::isChosen(int head) const
{
    return std::ranges::find(m_chosen, head) != m_chosen.end();
}

void HeadChips::paintEvent(QPaintEvent*)
{
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int index = 0; index <= m_count; ++index) {
        const bool all = index == m_count, chosen = !all && isChosen(index);
        const QColor colour = all ? theme.accent : headColour(index, theme.kind);
        const QRectF box = QRectF(chipRect(index)).adjusted(0.5, 0.5, -0.5, -0.5);
        const bool marked = m_under == index || (hasFocus() && m_focused == index);
        painter.setPen(QPen(marked ? theme.text : colour, marked ? 2 : 1));
        painter.setBrush(chosen ? colour : theme.panel);
        painter.drawRoundedRect(box, 5, 5);
        painter.setFont(chosen ? theme.strong : theme.small);
        const bool darkChip = colour.lightness() < 150;
        painter.setPen(chosen ? (darkChip ? Qt::white : QColor(0x12141a)) : theme.text);
        painter.drawText(box, Qt::AlignCenter, all ? tr("all") : QString::number(index));
    }
}

void HeadChips::activate(int index, Qt::KeyboardModifiers modifiers)
{
    m_focused = index;
    if (index == m_count)
        emit allClicked();
    else
        emit clicked(index, modifiers);
}

void HeadChips::mousePressEvent(QMouseEvent* event)
{
    const auto index = chipAt(event->pos());
    if (index && event->button() == Qt::LeftButton)
        activate(*index, event->modifiers());
}

void HeadChips::mouseMoveEvent(QMouseEvent* event)
{
    const auto under = chipAt(event->pos());
    if (under == m_under)
        return;
    m_under = under;
    emit pointed(under && *under < m_count ? under : std::nullopt);
    update();
}

void HeadChips::leaveEvent(QEvent*)
{
    m_under.reset();
    emit pointed(std::nullopt);
    update();
}

void HeadChips::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
        m_focused = std::clamp(m_focused + (event->key() == Qt::Key_Right ? 1 : -1), 0, m_count);
        return update();
    }
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        return activate(m_focused, event->modifiers() | Qt::ControlModifier);
    QWidget::keyPressEvent(event);
}

} // namespace headlight::ui
