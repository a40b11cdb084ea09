#pragma once
// Between pixels of the screen and moments of a sound, as plain structs without a window.

#include "core/audio/time_grid.h"

#include <QRectF>
#include <optional>
#include <vector>

namespace headlight::ui {

/// Where the parts of the sound's page stand; all that is over time shares its left and right edge.
struct SoundLayout {
    QRectF sound, curve, axis, side, words;
    std::vector<QRectF> heads; ///< one band each
    TimeGrid times;
    double seconds = 0; ///< from the left edge to the right one

    SoundLayout() = default;
    SoundLayout(const QRectF& area, int headCount, double wordsHeight);

    double x(double second) const { return sound.left() + second / seconds * sound.width(); }
    /// The stretch of one moment, as high as `band`.
    QRectF momentRect(int token, const QRectF& band) const;
    /// The moment at a pixel of the sound, the curve or a head's band.
    std::optional<int> momentAt(const QPointF& pixel) const;
    std::optional<int> headAt(const QPointF& pixel) const;
    /// Round seconds, no closer than `spacing` pixels.
    std::vector<double> ticks(double spacing) const;

    static constexpr double sideWidth = 96, axisHeight = 22, bandLabel = 64;
};

} // namespace headlight::ui
