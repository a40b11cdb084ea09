#pragma once
// Where the parts of the Flow graph stand: a column per level, a row per token, as a plain struct without a
// window.

#include <QPointF>
#include <QRectF>

#include <optional>
#include <vector>

namespace headlight::ui {

struct FlowNode {
    int level = 0, row = 0;
    friend bool operator==(const FlowNode&, const FlowNode&) = default;
};

/// What there is to lay out.
struct FlowShape {
    std::vector<int> rows; ///< tokens shown in each level
    int secondStack = 0; ///< the level where a pair's decoder begins; rows.size() without one
    double leftLabels = 0, rightLabels = 0; ///< widths of the longest labels
    double picture = 0; ///< height / width of the picture beside the input; 0: none
    double typeScale = 1; ///< of the labels; rooms for text grow with it
};

class FlowLayout {
public:
    FlowLayout() = default;
    FlowLayout(const QRectF& area, FlowShape shape);

    bool empty() const { return m_xs.empty(); }
    int levels() const { return int(m_xs.size()); }
    int rows(int level) const { return m_shape.rows[std::size_t(level)]; }
    int secondStack() const { return m_shape.secondStack; }
    /// Distance between the rows of a level.
    double rowHeight(int level) const;
    double typeScale() const { return m_shape.typeScale; }
    double columnWidth() const { return m_columnWidth; }
    double x(int level) const { return m_xs[std::size_t(level)]; }
    QPointF centre(const FlowNode& node) const;
    /// Rows too thin to be seen alone share a node. Nodes of a level, the node of a row, its rows.
    int nodes(int level) const;
    int nodeOf(int level, int row) const;
    QPointF nodeCentre(int level, int node) const;
    double nodeHeight(int level) const;

    /// The token under a point: of the nearest column; labels and bars belong to theirs.
    std::optional<FlowNode> at(const QPointF& point) const;

    const QRectF& plot() const { return m_plot; }
    const QRectF& headers() const { return m_headers; }
    const QRectF& labels() const { return m_labels; }
    const QRectF& bars() const { return m_bars; }
    const QRectF& rightLabels() const { return m_rightLabels; }
    const QRectF& picture() const { return m_picture; }

    static constexpr double headerHeight = 22, barWidth = 108, smallestNode = 3, pictureWidth = 170,
                            widestLabel = 120, gap = 12, halfLabel = 8;

private:
    FlowShape m_shape;
    std::vector<double> m_xs;
    double m_columnWidth = 0;
    QRectF m_plot, m_headers, m_labels, m_bars, m_rightLabels, m_picture;
};

} // namespace headlight::ui
