#pragma once
// Draws a heat map with its labels, marginal sums and marks. The canvas on the screen and the exported figure
// both call it, so they cannot differ.

#include "ui/style/theme.h"
#include "ui/widgets/cell_image.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heatmap_geometry.h"

#include <QStringList>

class QPainter;

namespace headlight::ui {

/// What a heat map shows, as a value.
struct HeatmapContent {
    int rows = 0, columns = 0;
    QStringList rowLabels, columnLabels;
    CellValues cells; ///< of the whole map; pooled when it is large
    CellColours colours;
    Pooling pooling = Pooling::Max;
    std::vector<float> received; ///< sum over the queries for each column; empty while it is not known
    std::vector<float> given; ///< sum over the keys for each row; empty where all are 1, or not known yet
    /// Rows and columns that this map has not, but one laid beside it has; hatched. In order.
    std::vector<int> gapRows, gapColumns;
    /// A number of each row, drawn as bars at the right; NaN: none. Empty: no bars.
    std::vector<float> beside;
    QString besideName;
    /// The share of each row that is no key's, drawn as one more column beside the map; empty: no such column.
    std::vector<float> sinks;
    /// What each row's token was given to, as chips beside the map: `chosen` numbers below `count` per row, and their
    /// weights. Empty: no chips.
    struct Experts {
        int count = 0, chosen = 0;
        std::vector<int> numbers;
        std::vector<float> weights;
        bool empty() const { return numbers.empty(); }
    };
    Experts experts;
    bool hasSums = true, hasBar = true; ///< whether there is room for the sums, and for the colour bar
};

/// What is chosen and pointed at.
struct HeatmapMarks {
    std::vector<int> rows;
    std::optional<int> column;
    std::optional<Cell> hover;
};

class HeatmapPainter {
public:
    /// Both must outlive the painter.
    HeatmapPainter(const HeatmapContent& content, const Theme& theme);

    /// The whole map with room for labels, sums and colour bar.
    HeatmapGeometry fitted(const QRectF& area) const;
    /// Smallest area in which every label can be read.
    QSizeF naturalSize() const;

    /// `detail` holds weights of what the window shows that are finer than those of the content; may be
    /// empty.
    void paintCells(QPainter& painter, const HeatmapGeometry& geometry, const CellValues& detail) const;
    void paintFrame(QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const;
    void paintMarks(QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const;

    static constexpr double smallestCellWithGap = 8.0;
    static constexpr double sumsHeight = 34.0, rowSumsWidth = 52.0, besideWidth = 40.0, barGap = 16.0,
                            sinkWidth = 26.0;

private:
    void paintVector(QPainter& painter, const HeatmapGeometry& geometry, const CellValues& cells) const;
    void paintRaster(QPainter& painter, const HeatmapGeometry& geometry, const CellValues& detail) const;
    void paintNumbers(QPainter& painter, const HeatmapGeometry& geometry, const CellValues& cells) const;
    void paintRowLabels(QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const;
    void paintColumnLabels(
        QPainter& painter, const HeatmapGeometry& geometry, const HeatmapMarks& marks) const;
    void paintAxes(QPainter& painter, const HeatmapGeometry& geometry) const;
    void paintSums(QPainter& painter, const HeatmapGeometry& geometry) const;
    void paintRowSums(QPainter& painter, const HeatmapGeometry& geometry) const;
    double givenRoom() const;
    void paintBar(QPainter& painter, const HeatmapGeometry& geometry) const;
    void paintGaps(QPainter& painter, const HeatmapGeometry& geometry) const;
    void paintBeside(QPainter& painter, const HeatmapGeometry& geometry) const;
    void paintSinks(QPainter& painter, const HeatmapGeometry& geometry) const;
    void paintExperts(QPainter& painter, const HeatmapGeometry& geometry) const;
    double sinkRoom() const;
    double expertWidth() const;
    double expertRoom() const;
    double besideRoom() const;
    double roomAtRight() const;
    double roomBelow() const;
    double labelHeight(double cellWidth) const;
    bool inGap(int row, int column) const;

    const HeatmapContent& m_content;
    const Theme& m_theme;
    double m_rowLabelWidth = 0, m_columnLabelWidth = 0, m_slantedHeight = 0;
};

/// Whether what is painted becomes shapes (SVG, PDF) rather than pixels.
bool paintsVector(const QPainter& painter);

} // namespace headlight::ui
