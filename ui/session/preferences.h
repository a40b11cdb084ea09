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

/// The id of a ThemeKind, or empty: as the system says.
QString loadTheme();
void saveTheme(const QString& theme);

/// What the settings dialog offers, beside theme and display.
struct Settings {
    int typePercent = 100; ///< of the usual size of type
    int threads = 0; ///< of the engine; 0: one per processor
    int memoryPercent = 60; ///< of what is free, that one run may take
    bool bfloat16 = false; ///< linear maps multiply in it where the processor can; else in f32
    QStringList modelFolders; ///< searched for models beside the Hugging Face cache
    friend bool operator==(const Settings&, const Settings&) = default;

    static constexpr int typeSizes[]{ 90, 100, 125, 150 };
};
Settings loadSettings();
void saveSettings(const Settings& settings);

/// Hints of the first run that were followed or sent away.
QStringList loadSeenHints();
void saveSeenHints(const QStringList& hints);

} // namespace headlight::ui
