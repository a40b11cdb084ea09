#pragma once
// Moving the selection by keys: arrows the cell, brackets the head, braces the layer. Plain functions, tested
// without a window.

#include "core/engine/analysis.h"
#include "ui/session/display_settings.h"
#include "ui/session/selection.h"

namespace headlight::ui {

enum class Step { Up, Down, Left, Right, PreviousHead, NextHead, PreviousLayer, NextLayer, Clear };

/// What a Qt::Key does to the selection, if anything.
std::optional<Step> stepOfKey(int key);

/// The selection one step on. Cells that are hidden are passed over, joined words are
/// one step; edges hold. With nothing chosen an arrow
/// chooses the first shown cell.
Selection moved(
    const Selection& selection, Step step, const AnalysisResult& result, const DisplaySettings& display);

} // namespace headlight::ui
