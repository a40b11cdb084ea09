#pragma once
// Another style sheet for a window of many hundred widgets, most of them not on the screen: views that were
// left, closed panels, dialogs. Those take it when they are shown.

#include <functional>

class QApplication;

namespace headlight::ui {

/// Replaces the program's style sheet while `between` sets what else changes (font, palette): it is quickest
/// with no sheet in force. A widget that is hidden at that time is given the new style on its next showing,
/// before it is painted.
void restyle(QApplication& app, const QString& sheet, const std::function<void()>& between);

} // namespace headlight::ui
