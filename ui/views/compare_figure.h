#pragma once
// Two heads and their difference: A, B and A − B with the same rows and columns, what is only on one side
// hatched.

#include "ui/views/compare_layout.h"
#include "ui/views/compare_maps.h"
#include "ui/widgets/heading.h"
#include "ui/widgets/heatmap_painter.h"

namespace headlight::ui {

/// The line above one of the three maps.
struct ComparePanelTitle {
    QString badge; ///< "A", "B", "A − B"
    QString title; ///< "Layer 3 · Head 0"
    QString detail; ///< model or text, where the sides differ in it
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) const;
};

struct ComparePanel {
    ComparePanelTitle title;
    HeatmapContent content;
};

/// All that is drawn of a comparison but the marks.
struct ComparePicture {
    ComparePanel a, b, difference;
    Heading heading;
    QString caption;

    ComparePanel& panel(CompareSide side)
    {
        return side == CompareSide::A ? a : side == CompareSide::B ? b : difference;
    }
    const ComparePanel& panel(CompareSide side) const
    {
        return const_cast<ComparePicture*>(this)->panel(side);
    }
};

/// Maps above ShownMap::promptCells are sampled at `resolution` numbers a side. Ends early when a stop is
/// requested.
ComparePicture comparePicture(
    const Scene& scene, const CompareMaps& maps, int resolution = 1024, const std::stop_token& stop = {});
/// At once at any length, before the tokens are aligned: the thumbnails of A and B, no difference.
ComparePicture comparePreview(const Scene& scene);
/// What is chosen of A, as rows and columns of all three maps.
HeatmapMarks compareMarks(const Selection& selection, const CompareMaps& maps);
/// "it → animal".
QString cellName(const CompareMaps& maps, int row, int column);
/// "A − B", or the other way round.
QString differenceName(Sign sign);

/// Options: "show" is "side" or "difference"; "minus" is "a-b" or "b-a"; "window" (QRectF, in cells) is the
/// part of the maps that is shown.
class CompareFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    QSize cells(const Scene& scene) const override;
    /// Query, key, weight A, weight B, difference; what a side has not is left empty.
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
};

CompareShow showOf(const Scene& scene);

} // namespace headlight::ui
