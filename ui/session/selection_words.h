#pragma once
// The selection in words, for a room: "What does “it” look at?", "Layer 5, head 7 gives 0.55 of its attention
// to “animal”, 0.13 to “street”." The numbers are the model's own.

#include "ui/session/display_settings.h"
#include "ui/session/selection.h"

#include <QString>

namespace headlight::ui {

/// The question a selection asks. Plain text.
QString questionOf(const AnalysisResult& result, const Selection& selection);
/// The answer, as rich text with the numbers bold. Reads the chosen rows only.
QString answerOf(const AnalysisResult& result, const Selection& selection, const DisplaySettings& display);

/// A token's text for a line of a person's language: text that runs right to left keeps to its own place, so
/// that an arrow between two of them still points from the first to the second.
QString isolated(const QString& text);
/// "it → animal", in this order whatever the script.
QString fromTo(const QString& from, const QString& to);

} // namespace headlight::ui
