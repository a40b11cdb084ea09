#pragma once
// What the palette offers: the actions of the window, models, examples, tokens, layers and heads of the
// session.

#include "ui/shell/command_palette.h"

class QAction;

namespace headlight::ui {

class Session;

/// `typed` may name a layer and a head: "l5 h7", "layer 5", "h 7".
std::vector<PaletteEntry> paletteEntries(
    Session& session, const QList<QAction*>& actions, const QString& typed);

} // namespace headlight::ui
