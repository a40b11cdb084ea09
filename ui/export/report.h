#pragma once
// Findings as a Markdown report: one file, and a folder of figures beside it.

#include "core/base/expected.h"
#include "ui/session/pin.h"

#include <filesystem>
#include <span>

namespace headlight::ui {

/// The text of the report; figures are named relative to it, in `figuresFolder`.
QString reportText(std::span<const Pin> pins, const QString& figuresFolder);
/// "3-layer-5-head-7-it-animal.png": of the pin at `index`; unlike that of any other.
QString figureName(const Pin& pin, std::size_t index);

/// Writes `path` and `<stem>_figures` beside it: both are there whole, or what was there before. The same
/// pins give the same bytes. Any thread. Errors: Unwritable.
Status writeReport(const std::filesystem::path& path, std::span<const Pin> pins);

} // namespace headlight::ui
