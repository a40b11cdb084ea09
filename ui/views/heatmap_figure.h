#pragma once
// One head as a matrix, with the overview of all heads beside it and the chosen row as a tinted sentence
// beneath.

#include "ui/views/distribution.h"
#include "ui/views/head_facts.h"
#include "ui/views/scene_text.h"
#include "ui/widgets/heatmap_painter.h"

namespace headlight::ui {

/// Everything a heat map of this scene needs but its detail when zoomed in. Maps above ShownMap::promptCells
/// are sampled at `resolution` numbers a side. Ends early when a stop is requested.
HeatmapContent heatmapContent(
    const Scene& scene, const ShownMap& map, int resolution = 1024, const std::stop_token& stop = {});
/// The same at once at any length: a large single head from its thumbnail.
HeatmapContent heatmapPreview(const Scene& scene, const ShownMap& map);
/// Rows and column of the selection as far as they are shown.
HeatmapMarks heatmapMarks(const Selection& selection, const ShownMap& map);

/// The sentence, tinted by what the chosen tokens look at. When it does not fit on `lines` lines only the
/// strongest tokens are kept, with "…" between them.
struct RowSentence {
    QString title;
    TokenFlow flow;
    std::vector<FlowLook> looks;

    /// How many weights it is made of.
    static std::int64_t cells(const Scene& scene, const ShownMap& map);
    static RowSentence of(const Scene& scene, const ShownMap& map, double width, Effort effort);
    double height() const;
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) const;
};

/// "entropy 1.42 nats", "distance 4.8 tokens", "previous token 0.83": of the chosen head.
QStringList heatmapChips(const Scene& scene);
/// captionOf, and what a pixel shows that several cells share.
QString heatmapCaption(const Scene& scene, const HeatmapGeometry& geometry, double pixelsPerUnit = 1);
/// Several cells of the map share a pixel.
bool poolsCells(const HeatmapGeometry& geometry, double pixelsPerUnit = 1);

/// Of the option "window": a QRectF, or a list of left, top, width, height as files keep it. Empty: the whole
/// map.
QRectF windowOf(const QVariant& option);

/// Options: "window" (see windowOf; in cells) is the part of the map that is shown; "role" (id) fades other
/// heads in the overview.
class HeatmapFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    QSize cells(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
};

} // namespace headlight::ui
