#pragma once
// Where the tokens of the Links view stand: two columns of words, the lines between them. Pixels ↔ tokens as
// a plain struct, tested without a window.

#include <QPointF>
#include <QRectF>

#include <optional>

namespace headlight::ui {

struct LinksLayout {
    QRectF left, right; ///< the columns of labels: queries and keys
    int rows = 0, columns = 0; ///< tokens in each
    double labelHeight = 16;

    /// `area` below the titles; `leftWidth`, `rightWidth`: what the longest labels need, cut to a third of
    /// the area.
    static LinksLayout of(
        const QRectF& area, int rows, int columns, double leftWidth, double rightWidth, double labelHeight);

    /// Distance from token to token.
    double leftStep() const { return rows > 0 ? left.height() / rows : 0; }
    double rightStep() const { return columns > 0 ? right.height() / columns : 0; }
    /// The middle of a token; fractions stand between tokens, for several that share a line.
    double leftY(double row) const { return left.top() + (row + 0.5) * leftStep(); }
    double rightY(double column) const { return right.top() + (column + 0.5) * rightStep(); }
    /// Where lines begin and end.
    double lineLeft() const { return left.right() + gap; }
    double lineRight() const { return right.left() - gap; }
    /// Every how many tokens a label is shown, so that none overlaps.
    int leftStride() const { return stride(leftStep()); }
    int rightStride() const { return stride(rightStep()); }
    std::optional<int> rowAt(const QPointF& point) const;
    std::optional<int> columnAt(const QPointF& point) const;

    static constexpr double gap = 8;
    /// Tokens of short texts stand no further apart.
    static constexpr double widestStep = 34;

private:
    int stride(double step) const;
};

} // namespace headlight::ui
