#pragma once
// Paints the Steps: vectors as cells, scores as numbers, weights as bars. The screen and files use the same
// parts.

#include "ui/views/steps_layout.h"

class QPainter;

namespace headlight::ui {

struct StepsLook {
    const Theme* theme = nullptr;
    const ColourMap* weights = nullptr; ///< of the bars
    int before = -1; ///< the step the frame comes from ...
    double progress = 1; ///< ... and how far it has come
    std::optional<int> hoveredRow;
    std::optional<StepCell> opened; ///< whose arithmetic is shown
};

void paintSteps(QPainter& painter, const StepsData& data, const StepsLayout& layout, const StepsLook& look);

/// Blue above zero, red below, nothing at zero. `share` in −1..1; `strength` 0..1 lets it fade into the card.
QColor signedColour(float share, float strength, const Theme& theme);
/// Title colours of queries, keys, weights and values.
QColor stageColour(std::string_view stage, const Theme& theme);

} // namespace headlight::ui
