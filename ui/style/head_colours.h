#pragma once
// One colour per head, told apart by eyes of every kind: after Okabe & Ito 2008 and Tol 2021, lighter on
// dark. Never the only sign: whoever uses them writes the head's number beside them.

#include "ui/style/theme.h"

namespace headlight::ui {

/// Repeats after ten heads.
QColor headColour(int head, ThemeKind theme);

} // namespace headlight::ui
