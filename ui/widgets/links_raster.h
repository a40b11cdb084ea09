#pragma once
// Lines from left to right as pixels, many thousands of them: one pass over the columns of each line. A
// general painter strokes every line as a polygon of its own, which takes several frames at 512 tokens.

#include <QColor>
#include <QImage>

#include <span>

namespace headlight::ui {

/// In pixels of the image; lines begin at its left edge and end at its right one.
struct RasterLink {
    double from = 0, to = 0; ///< heights of both ends
    double width = 1;
    QColor colour;
};

enum class LinkShape {
    Straight,
    Curved, ///< level at both ends: a cubic with its control points at the height of its ends
};

/// How far inwards the control points of a curve are, as a share of its width.
constexpr double linkBend = 0.45;

/// Draws over what is there, antialiased; of thousands, steep ones may show steps. `image` is Format_ARGB32_Premultiplied.
void drawLinks(QImage& image, LinkShape shape, std::span<const RasterLink> links);

} // namespace headlight::ui
