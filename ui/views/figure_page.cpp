// Implements figure_page.h.

#include "ui/views/figure_page.h"

#include <QPainter>

namespace headlight::ui {

FigurePage::FigurePage(const QRectF& area, const Scene& scene, const QString& caption)
    : m_scene(scene)
    , m_inner(area.adjusted(margin, margin / 2, -margin, -margin / 2))
    , m_body(m_inner)
{
    if (scene.parts.title) {
        m_heading = QRectF(m_inner.topLeft(), QSizeF(m_inner.width(), Heading::height));
        m_body.setTop(m_heading.bottom() + headingGap);
    }
    if (scene.parts.caption && !caption.isEmpty()) {
        const double height = heightOfCaption(caption, m_inner.width(), themeOf(scene));
        m_caption = QRectF(m_inner.left(), m_inner.bottom() - height, m_inner.width(), height);
        m_body.setBottom(m_caption.top() - captionGap);
    }
}

void FigurePage::paintHeading(QPainter& painter, const Heading& heading) const
{
    if (!m_heading.isEmpty())
        heading.paint(painter, m_heading, themeOf(m_scene));
}

void FigurePage::paintCaption(QPainter& painter, const QString& caption) const
{
    if (!m_caption.isEmpty())
        ui::paintCaption(painter, m_caption, caption, themeOf(m_scene));
}

void FigurePage::paintReason(QPainter& painter, const QString& reason) const
{
    const Theme& theme = themeOf(m_scene);
    painter.setFont(theme.small);
    painter.setPen(theme.mutedText);
    painter.drawText(m_inner, Qt::AlignCenter | Qt::TextWordWrap, reason);
}

double FigurePage::spared(const Scene& scene, double caption)
{
    return (scene.parts.title ? 0.0 : Heading::height + headingGap)
        + (scene.parts.caption ? 0.0 : caption + captionGap);
}

} // namespace headlight::ui
