#include "ui/widgets/heading.h"

#include <QPainter>

namespace headlight::ui {
namespace {

constexpr double chipPadding = 9, chipGap = 8, afterTitle = 12;

} // namespace

double Heading::width(const Theme& theme) const
{
    double width = QFontMetricsF(theme.heading).horizontalAdvance(title);
    for (const QString& chip : chips)
        width +=
            (width == 0 ? 0 : chipGap) + QFontMetricsF(theme.small).horizontalAdvance(chip) + 2 * chipPadding;
    return width + (chips.isEmpty() ? 0 : afterTitle - chipGap);
}

void Heading::paint(QPainter& painter, const QRectF& area, const Theme& theme) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.heading);
    painter.setPen(theme.text);
    const QFontMetricsF titleMetrics(theme.heading), metrics(theme.small);
    const QString shown = titleMetrics.elidedText(title, Qt::ElideRight, area.width());
    painter.drawText(area, int(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextSingleLine, shown);
    painter.setFont(theme.small);
    double x = area.left() + titleMetrics.horizontalAdvance(shown) + afterTitle;
    for (const QString& chip : chips) {
        const double width = metrics.horizontalAdvance(chip) + 2 * chipPadding;
        if (x + width > area.right())
            break;
        const QRectF box(x, area.center().y() - 10, width, 20);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.accentSoft);
        painter.drawRoundedRect(box, 10, 10);
        painter.setPen(theme.accent);
        painter.drawText(box, Qt::AlignCenter, chip);
        x += width + chipGap;
    }
    painter.restore();
}

HeadingWidget::HeadingWidget(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void HeadingWidget::setHeading(const Heading& heading)
{
    m_heading = heading;
    setAccessibleName(heading.title + QStringLiteral(". ") + heading.chips.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize HeadingWidget::sizeHint() const
{
    return { int(m_heading.width(currentTheme())), int(Heading::height) };
}

void HeadingWidget::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    m_heading.paint(painter, rect(), currentTheme());
}

} // namespace headlight::ui
