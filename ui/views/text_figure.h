#pragma once
// The text as running words, each token tinted by how much the chosen tokens look at it, or are looked at by
// it. In cross attention what was read stands above what was written, and a choice on one side tints the
// other.

#include "ui/views/distribution.h"
#include "ui/views/scene_text.h"
#include "ui/widgets/colour_bar.h"
#include "ui/widgets/heading.h"

namespace headlight::ui {

/// A token of the text, or the first of a word that is shown as one, and on which side of the map it is.
struct TextToken {
    enum class Side {
        Query, ///< of what looks; of everything where queries and keys are the same
        Key, ///< of what is looked at, where that is another text
    };
    int token = 0;
    Side side = Side::Query;
    friend bool operator==(const TextToken&, const TextToken&) = default;
};

/// What the text of a scene is tinted by.
struct TextTints {
    Distribution looked; ///< what the chosen tokens look at
    Distribution lookers; ///< who looks at the chosen key; only where queries and keys differ

    static TextTints of(const Scene& scene, Effort effort);
};

/// The text of a scene, laid out for a width.
class TextPicture {
public:
    TextPicture() = default;
    TextPicture(const Scene& scene, double width, Effort effort = Effort::Exact);
    TextPicture(const Scene& scene, double width, const TextTints& tints);

    bool empty() const { return m_flow.count() == 0; }
    const TokenFlow& flow() const { return m_flow; }
    /// Places in the flow to tokens, and back; a joined word is found by any of its tokens.
    const TextToken& tokenAt(int place) const { return m_tokens[std::size_t(place)]; }
    std::optional<int> placeOf(TextToken token) const;
    float weight(int place) const;
    bool crosses() const { return m_crosses; }

    /// The same text under another selection: nothing is laid out anew.
    void setScene(const Scene& scene, const TextTints& tints);
    void setPointed(std::optional<int> place);
    void paint(QPainter& painter, const QPointF& origin, const Theme& theme, const QRectF& clip) const;
    void paintBar(QPainter& painter, const QRectF& area, const Theme& theme) const;
    Heading heading(const Scene& scene) const;

private:
    void add(std::vector<FlowToken>& flow, const TokenAxis& axis, TextToken::Side side);
    const ShownTokens& shown(TextToken::Side side) const;
    void frame(const Selection& selection);

    ShownTokens m_queries, m_keys;
    std::vector<TextToken> m_tokens;
    TokenFlow m_flow;
    std::vector<FlowLook> m_looks;
    bool m_crosses = false;
    TextTints m_tints;
    float m_top = 1;
    Scale m_scale = Scale::Linear;
};

class TextFigure : public Figure {
public:
    void paint(QPainter& painter, const QRectF& area, const Scene& scene) const override;
    QSizeF naturalSize(const Scene& scene) const override;
    std::vector<std::vector<QString>> table(const Scene& scene) const override;
};

} // namespace headlight::ui
