#pragma once
// The words of a decoder beneath the picture or sound it looks at: a word chooses its row, and each is tinted
// by how much it looks at the chosen patch or moment.

#include "ui/views/distribution.h"
#include "ui/views/scene_text.h"

namespace headlight::ui {

class WordStrip {
public:
    WordStrip() = default;
    /// Empty unless queries are words and keys are something else.
    WordStrip(const Scene& scene, const ShownMap& map);

    bool empty() const { return m_tokens.empty(); }
    /// Lays the words out for a width, in at most `mostLines` lines: of a long text those around the first
    /// chosen word.
    void lay(double width, const Theme& theme);
    double height() const;
    /// In coordinates of the strip.
    std::optional<int> tokenAt(const QPointF& point) const;
    QRectF rect(int token) const;
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) const;

    static constexpr int mostLines = 3;

private:
    struct Range {
        int first = 0, last = 0;
    };
    TokenFlow flowOf(const Range& range, double width, const Theme& theme) const;

    std::vector<int> m_tokens; ///< of the axis
    std::vector<FlowToken> m_words;
    std::vector<FlowLook> m_looks;
    int m_centre = 0; ///< place of the first chosen word
    Range m_range;
    TokenFlow m_flow;
};

} // namespace headlight::ui
