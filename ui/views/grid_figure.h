#pragma once
// Every layer and head as a thumbnail on one screen, in the model's order or sorted by a statistic.

#include "ui/views/grid_layout.h"
#include "ui/views/grid_options.h"
#include "ui/views/scene_text.h"
#include "ui/widgets/cell_image.h"
#include "ui/widgets/heading.h"

#include <QImage>

namespace headlight::ui {

/// One head of the grid.
struct GridHead {
    int layer = 0, head = 0;
    GridFacts facts;
    QString mark; ///< of its layer: "sliding 512"
    QString role; ///< "previous token 0.83"
    QString strongest; ///< "it → animal": where the largest weight is
    bool passes = true; ///< the filter
    QImage image;
};

/// What the grid shows, ready to be drawn.
class GridPicture {
public:
    GridPicture() = default;
    /// With `coarse` thumbnails come from the run's statistics even where hidden tokens make them inexact.
    enum class Precision { Coarse, Exact };
    GridPicture(const Scene& scene, Precision precision, const std::stop_token& stop = {});

    /// Whether Coarse and Exact differ for this scene.
    static bool needsExact(const Scene& scene);
    /// No map of the site is larger than its thumbnail: Exact costs no more than Coarse.
    static bool isSmall(const Scene& scene);

    bool empty() const { return m_heads.empty(); }
    /// Room for the labels of rows that say `marks`: beneath their number, or after it where rows are low.
    static double labelsWidth(const QStringList& marks, double rowHeight, double typeScale = 1);
    GridLayout layout(const QRectF& room) const;
    /// The head at a place of the layout; null for none.
    const GridHead* at(int place) const;
    std::optional<int> placeOf(int layer, int head) const;
    int places() const { return int(m_places.size()); }
    /// Of all thumbnails together, columns × rows.
    QSize cells() const;
    Heading heading(const Scene& scene) const;

    void paint(QPainter& painter, const GridLayout& layout, const Scene& scene, const Theme& theme) const;
    void paintBar(QPainter& painter, const GridLayout& layout, const Theme& theme) const;

private:
    void addLayer(const Scene& scene, const std::shared_ptr<const LayerAttention>& layer, Precision precision,
        const std::stop_token& stop);
    void arrange();
    void paintLabels(QPainter& painter, const GridLayout& layout, const Theme& theme) const;
    void paintRowLabels(QPainter& painter, const GridLayout& layout, const Theme& theme) const;
    void paintGroups(QPainter& painter, const GridLayout& layout, const Theme& theme) const;

    std::vector<GridHead> m_heads;
    std::vector<int> m_places; ///< index into m_heads, -1 for a hole
    int m_rows = 0, m_columns = 0;
    std::vector<int> m_layers; ///< of the rows, those a run has not reached yet as well
    int m_layersSoFar = 0;
    QStringList m_marks; ///< of these layers; empty ones where nothing sets them apart
    int m_group = 1; ///< heads that share a key head
    GridOptions m_options;
    DisplaySettings m_display;
    double m_typeScale = 1;
    float m_top = 1; ///< of the colour bar
    bool m_shares = false; ///< each head or row has its own top
};

class GridFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    QSize cells(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
};

} // namespace headlight::ui
