#include "ui/views/grid_card.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr int side = 220, margin = 12, titleHeight = 28, lineHeight = 19, mostFacts = 7;

} // namespace

HeadCard::HeadCard(QWidget* parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
    resize(side + 2 * margin, side + 2 * margin + titleHeight + mostFacts * lineHeight);
    hide();
}

void HeadCard::showHead(const GridHead& head, const QRectF& beside)
{
    m_head = head;
    const HeadStatistics& s = head.facts.statistics;
    m_facts = { { tr("role"), head.role }, { tr("entropy"), tr("%1 nats").arg(double(s.entropy), 0, 'f', 2) },
        { tr("mean distance"), tr("%1 tokens").arg(double(s.distance), 0, 'f', 1) },
        { tr("on the first token"), QString::number(double(s.firstMass), 'f', 2) },
        { tr("strongest"), head.strongest } };
    if (!head.mark.isEmpty())
        m_facts.prepend({ tr("layer"), head.mark });
    if (head.facts.importance)
        m_facts.append({ tr("importance"), QString::number(double(*head.facts.importance), 'f', 3) });
    resize(width(), side + 2 * margin + titleHeight + int(m_facts.size()) * lineHeight);
    const QRect room = parentWidget()->rect().adjusted(4, 4, -4, -4);
    QRect place(beside.toAlignedRect().topRight() + QPoint(10, -20), size());
    if (place.right() > room.right())
        place.moveRight(int(beside.left()) - 10);
    place.moveTop(std::clamp(place.top(), room.top(), std::max(room.top(), room.bottom() - place.height())));
    place.moveLeft(std::max(place.left(), room.left()));
    setGeometry(place);
    show();
    raise();
    update();
}

void HeadCard::paintEvent(QPaintEvent*)
{
    const Theme& theme = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.border);
    painter.setBrush(theme.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setPen(theme.text);
    painter.setFont(theme.strong);
    painter.drawText(QRect(margin, margin / 2, side, titleHeight), Qt::AlignVCenter,
        tr("Layer %1 · Head %2").arg(m_head.layer).arg(m_head.head));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(QRect(margin, margin / 2 + titleHeight, side, side), m_head.image);
    painter.setFont(theme.small);
    int y = margin / 2 + titleHeight + side + 6;
    for (const auto& [name, value] : m_facts) {
        const QRect line(margin, y, side, lineHeight);
        painter.setPen(theme.mutedText);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
        painter.setPen(theme.text);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter,
            QFontMetrics(theme.small).elidedText(value, Qt::ElideMiddle, side * 2 / 3));
        y += lineHeight;
    }
}

} // namespace headlight::ui
