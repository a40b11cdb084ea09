// Implements steps_chips.h.

#include "ui/views/steps_chips.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace headlight::ui {
namespace {

constexpr double chipHeight = 22, between = 8, inset = 10;

} // namespace

std::vector<QRectF> chipRects(const QStringList& titles, double width, const Theme& theme)
{
    std::vector<QRectF> rects;
    const QFontMetricsF metrics(theme.small);
    double x = 1, y = 1;
    for (const QString& title : titles) {
        const double own = std::ceil(metrics.horizontalAdvance(title)) + 2 * inset;
        if (x > 1 && x + own > width - 1) {
            x = 1;
            y += chipHeight + 6;
        }
        rects.emplace_back(x, y, own, chipHeight);
        x += own + between;
    }
    return rects;
}

void paintChips(QPainter& painter, const QPointF& origin, const QStringList& titles,
    std::span<const QRectF> rects, int current, const Theme& theme)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.small);
    for (std::size_t i = 0; i < rects.size(); ++i) {
        const QRectF rect = rects[i].translated(origin);
        const bool done = current >= 0 && int(i) < current, here = int(i) == current;
        painter.setPen(here ? QPen(theme.highlight, 2) : QPen(Qt::NoPen));
        painter.setBrush(done ? theme.accent : here ? theme.panel : theme.accentSoft);
        painter.drawRoundedRect(rect, chipHeight / 2, chipHeight / 2);
        painter.setPen(done ? theme.accentText : theme.accent);
        painter.drawText(rect, Qt::AlignCenter, titles[qsizetype(i)]);
    }
}

QStringList chipTitles(const StepsData& data)
{
    QStringList titles;
    for (const StepsData::Step& step : data.steps)
        titles.push_back(QStringLiteral("%1 %2").arg(titles.size() + 1).arg(step.title));
    return titles;
}

StepChips::StepChips(QWidget* parent)
    : QWidget(parent)
{
    setToolTip(tr("The steps in order; a click goes to one, another click shows all at once"));
    setAccessibleName(tr("Steps"));
    setCursor(Qt::PointingHandCursor);
}

void StepChips::setSteps(const QStringList& titles, int current)
{
    const bool same = titles == m_titles;
    m_titles = titles;
    m_current = current;
    setAccessibleDescription(current < 0
            ? tr("all %1 steps at once").arg(titles.size())
            : tr("step %1 of %2: %3").arg(current + 1).arg(titles.size()).arg(titles[current]));
    if (!same)
        lay();
    update();
}

void StepChips::lay()
{
    m_rects = chipRects(m_titles, width(), currentTheme());
    setFixedHeight(m_rects.empty() ? int(chipHeight) + 2 : int(std::ceil(m_rects.back().bottom())) + 2);
}

void StepChips::resizeEvent(QResizeEvent* event)
{
    if (event->size().width() != event->oldSize().width())
        lay();
}

void StepChips::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintChips(painter, {}, m_titles, m_rects, m_current, currentTheme());
}

int StepChips::chipAt(const QPointF& point) const
{
    for (std::size_t i = 0; i < m_rects.size(); ++i)
        if (m_rects[i].contains(point))
            return int(i);
    return -1;
}

void StepChips::mousePressEvent(QMouseEvent* event)
{
    const int chip = chipAt(event->position());
    if (chip >= 0 && event->button() == Qt::LeftButton)
        chosen(chip == m_current ? -1 : chip);
}

bool StepChips::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    const int chip = chipAt(help->pos());
    QToolTip::showText(
        help->globalPos(), chip < 0 ? toolTip() : tr("Go to step %1").arg(m_titles[chip]), this);
    return true;
}

} // namespace headlight::ui
