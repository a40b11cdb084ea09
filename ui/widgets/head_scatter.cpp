// Implements head_scatter.h.

#include "ui/widgets/head_scatter.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double captionHeight = 22, labelHeight = 16, layersHeight = 21, radius = 2.6, reach = 8;

} // namespace

float ScatterContent::top() const
{
    float top = 0;
    for (const Dot& dot : dots)
        top = std::max(top, std::isfinite(dot.value) ? dot.value : 0.0f);
    return top > 0 ? top : 1.0f;
}

QRectF ScatterContent::plot(const QRectF& area) const
{
    return { area.left() + 0.5, area.top() + captionHeight + 0.5, area.width() - 1,
        std::max(20.0, area.height() - captionHeight - layersHeight - 1) };
}

QPointF ScatterContent::place(const QRectF& area, const Dot& dot) const
{
    const QRectF frame = plot(area).adjusted(4, labelHeight + 6, -4, -6);
    const auto column = std::ranges::find(layers, dot.layer) - layers.begin();
    const double step = frame.width() / double(std::max<std::size_t>(1, layers.size()));
    return { frame.left() + (double(column) + 0.5) * step,
        frame.bottom() - frame.height() * double(std::isfinite(dot.value) ? dot.value / top() : 0.0f) };
}

const ScatterContent::Dot* ScatterContent::nearest(const QRectF& area, const QPointF& point) const
{
    const Dot* best = nullptr;
    double least = reach;
    for (const Dot& dot : dots) {
        const QPointF away = place(area, dot) - point;
        const double distance = std::hypot(away.x(), away.y());
        if (distance < least) {
            least = distance;
            best = &dot;
        }
    }
    return best;
}

void ScatterContent::paint(
    QPainter& painter, const QRectF& area, int layer, const std::vector<int>& heads, const Theme& theme) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(area.left(), area.top(), area.width(), captionHeight - 4),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip, caption);
    const QRectF frame = plot(area);
    painter.setPen(theme.border);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(frame);
    painter.setPen(theme.mutedText);
    painter.drawText(QRectF(frame.left() + 4, frame.top() + 1, frame.width() - 8, labelHeight),
        int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextDontClip,
        QStringLiteral("%1 %2").arg(double(top()), 0, 'f', 1).arg(unit));
    if (!layers.empty()) {
        const QRectF labels(frame.left(), frame.bottom(), frame.width(), layersHeight);
        constexpr int beneath = int(Qt::AlignTop) | int(Qt::TextDontClip);
        painter.drawText(labels, int(Qt::AlignLeft) | beneath, QString::number(layers.front()));
        if (layers.size() > 1)
            painter.drawText(labels, int(Qt::AlignRight) | beneath, QString::number(layers.back()));
        painter.drawText(labels, int(Qt::AlignHCenter) | beneath, HeadScatter::tr("layer"));
    }
    for (const Dot& dot : dots) {
        QColor colour = theme.accent;
        colour.setAlphaF(dot.faded ? 0.15f : 0.6f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(place(area, dot), radius, radius);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.highlight, 2));
    for (const Dot& dot : dots) {
        if (dot.layer == layer && std::ranges::find(heads, dot.head) != heads.end())
            painter.drawEllipse(place(area, dot), radius + 2, radius + 2);
    }
    painter.restore();
}

HeadScatter::HeadScatter(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setAccessibleName(tr("A dot per head over its layer; a click chooses one"));
}

void HeadScatter::setContent(const ScatterContent& content)
{
    m_content = content;
    setAccessibleName(tr("%1 of every head over its layer; a click chooses one").arg(content.caption));
    update();
}

void HeadScatter::setChosen(int layer, const std::vector<int>& heads)
{
    m_layer = layer;
    m_heads = heads;
    update();
}

void HeadScatter::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    m_content.paint(painter, rect(), m_layer, m_heads, currentTheme());
}

void HeadScatter::mousePressEvent(QMouseEvent* event)
{
    if (const auto* dot = m_content.nearest(rect(), event->position()))
        emit headClicked(dot->layer, dot->head, event->modifiers());
}

bool HeadScatter::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto* dot = m_content.nearest(rect(), help->pos()))
        QToolTip::showText(help->globalPos(), dot->tip, this);
    else
        QToolTip::hideText();
    return true;
}

} // namespace headlight::ui
