#pragma once
// The input as running text, each token tinted by how much the chosen tokens look at it, or are looked at by
// it.

#include "ui/views/distribution.h"
#include "ui/views/scene_text.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heading.h"

namespace headlight::ui {

/// The text of a scene, laid out for a width.
class TextPicture {
public:
    TextPicture() = default;
    TextPicture(const Scene& scene, double width, Effort effort = Effort::Exact);

    bool empty() const { return m_flow.count() == 0; }
    const TokenFlow& flow() const { return m_flow; }
    /// Places in the flow to tokens of the input, and back.
    int tokenOf(int place) const { return m_tokens[std::size_t(place)]; }
    std::optional<int> placeOf(int token) const;
    float weight(int place) const { return m_distribution.weights[std::size_t(tokenOf(place))]; }

    /// The same text under another selection: nothing is laid out anew.
    void setScene(const Scene& scene, Effort effort = Effort::Exact);
    void setPointed(std::optional<int> place);
    void paint(QPainter& painter, const QPointF& origin, const Theme& theme, const QRectF& clip) const;
    void paintBar(QPainter& painter, const QRectF& area, const Theme& theme) const;
    Heading heading(const Scene& scene) const;

private:
    std::vector<int> m_tokens;
    TokenFlow m_flow;
    std::vector<FlowLook> m_looks;
    Distribution m_distribution;
    Scale m_scale = Scale::Linear;
};

class TextFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
};

} // namespace headlight::ui
