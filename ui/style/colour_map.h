#pragma once
// Colour maps as 256-entry tables: one lookup per pixel.

#include <QColor>
#include <QString>
#include <array>
#include <span>

namespace headlight::ui {

struct ColourMap {
    QString id, title;
    bool diverging = false; ///< 0 is the middle
    std::array<QRgb, 256> table{};

    /// `position` in 0..1, clamped.
    QRgb at(float position) const;
};

/// viridis, cividis, magma, inferno, plasma, grey and a diverging one, in the order of the chooser.
std::span<const ColourMap> colourMaps();
/// By id; the first one when there is no such id (`found` tells).
const ColourMap& colourMap(const QString& id, bool* found = nullptr);

/// WCAG 2.1 contrast, 1..21; text needs 4.5.
double contrast(QRgb a, QRgb b);
/// Black or white, whichever is easier to read on `background` (WCAG contrast).
QColor textOn(QRgb background);

} // namespace headlight::ui
