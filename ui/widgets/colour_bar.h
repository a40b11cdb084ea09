#pragma once
// The legend of every picture: the colours of a map from 0 to the top, with ticks in weights.

#include "ui/session/display_settings.h"
#include "ui/style/colour_map.h"
#include "ui/style/theme.h"

#include <QRectF>

class QPainter;

namespace headlight::ui {

struct ColourBar {
    const ColourMap* map = nullptr;
    Scale scale = Scale::Linear;
    float top = 1.0f; ///< the weight at the upper end
    bool shares = false; ///< ticks as a share of each row's largest weight, when rows have tops of their own
    QString label; ///< beneath the bar; may be empty
    bool isSigned = false; ///< from −top to top, 0 in the middle

    struct Tick {
        double position; ///< 0..1 of the bar, from below
        QString text;
    };
    /// Round weights, no closer than a line of text on a bar of `height` pixels.
    std::vector<Tick> ticks(double height, double lineHeight) const;

    static constexpr double barWidth = 12;
    /// Of the bar with its ticks, as wide as this theme's type makes them.
    static double width(const Theme& theme);
    /// Upright, the bar at the left edge of `area`.
    void paint(QPainter& painter, const QRectF& area, const Theme& theme) const;
};

/// A weight as a person reads it: four decimals, an exponent when they would all be 0.
QString weightText(float weight);
/// A difference of weights: the same with its sign, "+0.3100", "−0.0200"; 0 has none.
QString differenceText(float difference);

} // namespace headlight::ui
