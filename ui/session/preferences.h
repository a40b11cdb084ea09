#pragma once
// What the program remembers between starts, in the person's settings file. Values that make no sense are
// ignored.

#include "ui/session/display_settings.h"

#include <QStringList>

namespace headlight::ui {

DisplaySettings loadDisplay();
void saveDisplay(const DisplaySettings& display);

QStringList loadRecent();
void saveRecent(const QStringList& folders);

/// "light", "dark", or empty: as the system says.
QString loadTheme();
void saveTheme(const QString& theme);

} // namespace headlight::ui
