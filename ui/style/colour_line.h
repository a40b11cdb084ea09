#pragma once
// Numbers to colours, a line at a time: the loop under every picture of a map.

#include <QRgb>
#include <cstdint>

namespace headlight::ui {

/// How a number becomes a place on a table of 256 colours: its share of `top` (at most 1, 0 for what is not
/// above 0) along a curve, and from there `origin` + `reach`·share.
struct ColourLine {
    enum class Curve { Linear, SquareRoot, Logarithmic };
    const QRgb* table;
    float top;
    Curve curve = Curve::Linear;
    float logFloor = 1e-4f; ///< the share at which a logarithmic curve begins
    float origin = 0.0f, reach = 1.0f;
    bool isSigned = false; ///< a number below 0 goes as far to the other side of `origin`
};

void colourLine(const ColourLine& line, const float* numbers, QRgb* colours, std::int64_t count);

} // namespace headlight::ui
