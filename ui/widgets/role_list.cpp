// Implements role_list.h.

#include "ui/widgets/role_list.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace headlight::ui {

std::size_t RoleListContent::fitting(double height) const
{
    const double room = std::max(0.0, height - captionHeight) / lineHeight;
    return std::min(chips.size(), std::size_t(room));
}

QRectF RoleListContent::chipRect(const QRectF& area, std::size_t chip, const Theme& theme) const
{
    const double width = QFontMetricsF(theme.small).horizontalAdvance(chips[chip].text) + 18;
    return { area.left(), area.top() + captionHeight + double(chip) * lineHeight,
        std::min(std::ceil(width), area.width()), chipHeight };
}

void RoleListContent::paint(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    if (chips.empty() || fitting(area.height()) == 0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(area.left(), area.top(), area.width(), captionHeight - 6),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, caption);
    const QFontMetricsF metrics(theme.small);
    for (std::size_t i = 0; i < fitting(area.height()); ++i) {
        const QRectF box = chipRect(area, i, theme);
        const bool taken = !chosen.isEmpty() && chips[i].id == chosen;
        painter.setPen(taken ? QPen(theme.accent, 1.5) : QPen(Qt::NoPen));
        painter.setBrush(theme.accentSoft);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5);
        painter.setPen(theme.accent);
        painter.drawText(
            box, Qt::AlignCenter, metrics.elidedText(chips[i].text, Qt::ElideMiddle, box.width() - 12));
    }
    painter.restore();
}

RoleList::RoleList(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Roles of heads; one that is chosen leaves only its heads in the light"));
}

void RoleList::setContent(const RoleListContent& content)
{
    m_content = content;
    QStringList spoken;
    for (const auto& chip : content.chips)
        spoken << chip.text;
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    m_cursor = std::min(m_cursor, std::max<std::size_t>(1, content.chips.size()) - 1);
    update();
}

const RoleListContent::Chip* RoleList::chipAt(const QPointF& point) const
{
    for (std::size_t i = 0; i < m_content.fitting(height()); ++i) {
        if (m_content.chipRect(rect(), i, currentTheme()).contains(point))
            return &m_content.chips[i];
    }
    return nullptr;
}

void RoleList::choose(const QString& id)
{
    emit roleClicked(id == m_content.chosen ? QString() : id);
}

void RoleList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    m_content.paint(painter, rect(), currentTheme());
    if (!hasFocus() || m_cursor >= m_content.fitting(height()))
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(currentTheme().accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(
        m_content.chipRect(rect(), m_cursor, currentTheme()).adjusted(-0.5, -1.5, 1.5, 1.5), 11, 11);
}

void RoleList::mousePressEvent(QMouseEvent* event)
{
    if (const auto* chip = chipAt(event->position()))
        choose(chip->id);
}

void RoleList::keyPressEvent(QKeyEvent* event)
{
    const std::size_t count = m_content.fitting(height());
    if (count == 0)
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Up:
        m_cursor = m_cursor == 0 ? 0 : m_cursor - 1;
        break;
    case Qt::Key_Down:
        m_cursor = std::min(m_cursor + 1, count - 1);
        break;
    case Qt::Key_Space:
    case Qt::Key_Return:
        choose(QString(m_content.chips[std::min(m_cursor, count - 1)].id));
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    update();
}

bool RoleList::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto* chip = chipAt(help->pos()))
        QToolTip::showText(help->globalPos(), chip->tip, this);
    else
        QToolTip::hideText();
    return true;
}

} // namespace headlight::ui
