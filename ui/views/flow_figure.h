#pragma once
// The layered graph from the input tokens to the output: columns of tokens, lines where one is mixed into the
// next, and at the input how much of each arrived in the chosen one.

#include "ui/views/flow_content.h"
#include "ui/views/flow_layout.h"
#include "ui/views/patch_geometry.h"
#include "ui/views/scene_text.h"
#include "ui/widgets/heading.h"

namespace headlight::ui {

/// `alpha` is taken into 0..1.
QColor withAlpha(QColor colour, double alpha);

/// A content ready to be drawn under a scene: without hidden tokens, with labels.
class FlowPicture {
public:
    FlowPicture() = default;
    FlowPicture(std::shared_ptr<const FlowContent> content, const Scene& scene);

    bool empty() const { return !m_content || m_content->empty(); }
    const FlowContent& content() const { return *m_content; }
    FlowLayout layout(const QRectF& area) const;
    int tokenOf(const FlowNode& node) const { return m_rows[std::size_t(node.level)][std::size_t(node.row)]; }
    std::optional<int> rowOf(int level, int token) const;
    /// The token under a point of the graph, or the patch under a point of the picture.
    std::optional<FlowNode> at(const FlowLayout& layout, const QPointF& point) const;

    /// All but the pointer's marks.
    void paint(QPainter& painter, const FlowLayout& layout) const;
    /// The token under the pointer, its lines (`below`, and those that come from above) and its number.
    void paintPointed(QPainter& painter, const FlowLayout& layout, const FlowNode& node,
        const std::vector<MixingEdge>& below) const;
    /// "“it” after layer 3: 0.0421 of what “[CLS]” is made of".
    QString numberText(const FlowNode& node) const;
    Heading heading() const;
    QString caption() const;

private:
    struct Line {
        FlowNode from, to; ///< row: the node's number
        double value = 0, width = 0;
        QColor colour;
    };
    std::vector<Line> lines(const FlowLayout& layout) const;
    std::vector<Line> inkedLines(const FlowLayout& layout) const;
    std::vector<double> nodeShares(const FlowLayout& layout, int level) const;
    void paintHeaders(QPainter& painter, const FlowLayout& layout) const;
    void paintLines(QPainter& painter, const FlowLayout& layout) const;
    void paintLine(QPainter& painter, const FlowLayout& layout, const Line& line) const;
    void paintPixels(QPainter& painter, const FlowLayout& layout, const std::vector<Line>& lines) const;
    void paintNodes(QPainter& painter, const FlowLayout& layout) const;
    void paintChosen(QPainter& painter, const FlowLayout& layout) const;
    void paintLabels(
        QPainter& painter, const FlowLayout& layout, int level, const QRectF& area, Qt::Alignment side) const;
    void paintBars(QPainter& painter, const FlowLayout& layout) const;
    void paintPicture(QPainter& painter, const FlowLayout& layout) const;
    /// Where the patches stand in the picture at the input; none without a picture.
    std::optional<PatchGeometry> patches(const FlowLayout& layout) const;
    QString startName() const;
    QString label(int level, int token) const;
    void paintNumber(QPainter& painter, const FlowLayout& layout, const FlowNode& node) const;
    enum class Mark { None, Query, Key };
    Mark markOf(int level, int token) const;
    bool labelled(int level, int token) const;

    std::shared_ptr<const FlowContent> m_content;
    Scene m_scene;
    FlowOptions m_options;
    std::vector<std::vector<int>> m_rows; ///< shown tokens of each level
    std::vector<double> m_strongest; ///< line of each step
};

class FlowFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
    QStringList optionNames() const override;
};

} // namespace headlight::ui
