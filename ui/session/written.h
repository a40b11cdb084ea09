#pragma once
// The part of a result that the model wrote itself, token by token: where it is, and what was looked at when
// a token of it was chosen.

#include "ui/session/display_settings.h"
#include "ui/session/selection.h"
#include "ui/session/token_axis.h"

namespace headlight::ui {

struct WrittenTokens {
    TokenGroup group = TokenGroup::Input;
    int first = 0, count = 0;
    friend bool operator==(const WrittenTokens&, const WrittenTokens&) = default;
};

/// None when nothing was written.
std::optional<WrittenTokens> writtenIn(const AnalysisResult& result);
/// The written token number `index`, as its label.
QString writtenLabel(const AnalysisResult& result, int index);

/// The display when only the first `shown` written tokens are there.
DisplaySettings whenWritten(DisplaySettings display, int shown, const WrittenTokens& written);
/// The row that wrote the newest of `shown` tokens: a model chooses the next token at the last one it has
/// read. Unchanged when nothing is written yet, or nothing was read before.
Selection whenWritten(const Selection& selection, int shown, const AnalysisResult& result);

} // namespace headlight::ui
