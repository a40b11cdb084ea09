#pragma once
// Every colour and distance of the window and of figures in one place, for light and dark.

#include <QColor>
#include <QFont>
#include <QPalette>

class QApplication;

namespace headlight::ui {

enum class ThemeKind { Light, Dark };

struct Theme {
    ThemeKind kind = ThemeKind::Light;
    QColor window, panel, surface, border, text, mutedText, accent, accentText, accentSoft, highlight, warning, error;
    /// Inter when installed, else the system's; sizes in points.
    QFont body, small, title, heading, mono;

    static const Theme& of(ThemeKind kind);
    QPalette palette() const;
    /// The application's style sheet for this theme.
    QString styleSheet() const;
};

/// Light or dark as the system says.
ThemeKind systemTheme();
/// Sets palette, fonts and style sheet of the whole program.
void applyTheme(QApplication& app, ThemeKind kind);
/// What was applied last; Light before that.
const Theme& currentTheme();

namespace metrics {
constexpr int gap = 8, wideGap = 16, radius = 6, panelWidth = 260, barHeight = 44;
}

} // namespace headlight::ui
