#pragma once
// Tokens set as running text: pieces of a word stay joined and are shaped as one word, so that Arabic letters
// connect; lines wrap; right-to-left text starts at the right.

#include "ui/style/theme.h"

#include <QPointF>
#include <QRectF>
#include <QStringList>
#include <optional>
#include <vector>

class QPainter;

namespace headlight::ui {

struct FlowToken {
    QString text;
    bool continuation = false; ///< joins the token before it
    bool special = false; ///< shown as a small chip
    bool startsLine = false; ///< the first of a second text
    bool startsBlock = false; ///< the same, well apart from what stands above
    bool written = false; ///< by the model itself: underlined
};

/// How a token looks: `tint` 0 is untouched, 1 the full accent.
struct FlowLook {
    float tint = 0;
    bool framed = false; ///< chosen
    bool pointed = false; ///< under the pointer
};

class TokenFlow {
public:
    struct Setting {
        QFont font;
        double width = 400; ///< infinite: one line
        double lineGap = 10, wordGap = 4;
    };

    TokenFlow() = default;
    TokenFlow(std::vector<FlowToken> tokens, const Setting& setting);

    QSizeF size() const { return m_size; }
    int count() const { return int(m_tokens.size()); }
    const QString& text(int token) const { return m_tokens[std::size_t(token)].text; }
    /// Where a token stands, the flow's corner being (0, 0).
    const QRectF& rect(int token) const { return m_rects[std::size_t(token)]; }
    std::optional<int> tokenAt(const QPointF& point) const;
    /// The token above (-1) or below (+1) in the text.
    int tokenBeyond(int token, int lines) const;

    /// One look per token; `origin` is the flow's corner. Only what meets `clip` (in the flow's coordinates)
    /// is drawn.
    void paint(QPainter& painter, const QPointF& origin, const std::vector<FlowLook>& looks,
        const Theme& theme, const QRectF& clip) const;

private:
    struct Word {
        int first = 0, last = 0; ///< tokens
        QString text;
        QRectF rect;
    };
    void breakLongWords();
    void breakLines();
    void placePieces(const Word& word);
    void paintWord(
        QPainter& painter, const Word& word, const std::vector<FlowLook>& looks, const Theme& theme) const;

    std::vector<FlowToken> m_tokens;
    std::vector<Word> m_words;
    std::vector<QRectF> m_rects;
    Setting m_setting;
    QSizeF m_size;
};

/// The colour behind a token of this tint; for legends too.
QColor tintColour(float tint, const Theme& theme);

} // namespace headlight::ui
