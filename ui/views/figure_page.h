#pragma once
// The page every figure is set on: heading on top, caption beneath, the picture between them, as far as the
// scene wants them.

#include "ui/views/scene_text.h"
#include "ui/widgets/heading.h"

namespace headlight::ui {

class FigurePage {
public:
    /// `caption` is the longest text that may stand beneath. The scene must outlive the page.
    FigurePage(const QRectF& area, const Scene& scene, const QString& caption);

    /// The area without its margins.
    const QRectF& inner() const { return m_inner; }
    /// Room for the picture.
    const QRectF& body() const { return m_body; }
    void paintHeading(QPainter& painter, const Heading& heading) const;
    void paintCaption(QPainter& painter, const QString& caption) const;
    /// Why there is no picture.
    void paintReason(QPainter& painter, const QString& reason) const;

    /// What a figure is lower by for the parts that are left out. `caption` is its height.
    static double spared(const Scene& scene, double caption);
    static constexpr double margin = metrics::wideGap, headingGap = 6, captionGap = 8;

private:
    const Scene& m_scene;
    QRectF m_inner, m_heading, m_body, m_caption;
};

} // namespace headlight::ui
