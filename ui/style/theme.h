#pragma once
// Every colour and distance of the window and of figures in one place, for light and dark.

#include <QColor>
#include <QFont>
#include <QPalette>

#include <functional>
#include <optional>

class QApplication;
class QWidget;

namespace headlight::ui {

enum class ThemeKind { Light, Dark, ContrastLight, ContrastDark };
constexpr bool isDark(ThemeKind kind)
{
    return kind == ThemeKind::Dark || kind == ThemeKind::ContrastDark;
}
constexpr bool isHighContrast(ThemeKind kind)
{
    return kind == ThemeKind::ContrastLight || kind == ThemeKind::ContrastDark;
}
/// "light", "dark", "contrast-light", "contrast-dark": in settings and on the command line.
QString id(ThemeKind kind);
std::optional<ThemeKind> themeFromId(const QString& id);

struct Theme {
    ThemeKind kind = ThemeKind::Light;
    QColor window; ///< the canvas behind views
    QColor panel; ///< bars, docks, cards, text fields
    QColor surface; ///< the trough of tabs, chips, anything sunk or raised a little
    QColor border, text;
    QColor mutedText; ///< captions; still 4.5 : 1 on window and panel
    QColor accent, accentText; ///< the main button and what stands on it
    QColor accentSoft; ///< chosen rows of lists, chips; `accent` is readable on it
    QColor highlight; ///< frames around the chosen cell, head or token
    QColor warning, error;
    QColor errorSoft; ///< background of the error bar
    /// Inter when installed, else the system's. Sizes in device-independent pixels, so that figures come out
    /// the same on every screen and page.
    QFont body, small, strong, title, heading, section, mono;
    double typeScale = 1; ///< 1.25: type a quarter larger

    /// `typeScale` is rounded to whole per cents. Callable from any thread; the theme lives as long as the program.
    static const Theme& of(ThemeKind kind, double typeScale = 1);
    QPalette palette() const;
    /// The application's style sheet for this theme.
    QString styleSheet() const;
};

/// Light or dark as the system says: what its palette was before applyTheme.
ThemeKind systemTheme();
/// Sets palette, fonts and style sheet of the whole program; without a scale the type stays as large as it was.
void applyTheme(QApplication& app, ThemeKind kind, std::optional<double> typeScale = {});
/// What was applied last; Light before that.
const Theme& currentTheme();

/// A widget with a font of its own out of the theme, which follows when the size of type changes.
using FontOf = std::function<QFont(const Theme&)>; ///< also a member: &Theme::title
void useFont(QWidget& widget, const FontOf& font);

namespace metrics {
constexpr int tinyGap = 4, gap = 8, wideGap = 16, radius = 6;
constexpr int panelWidth = 260, barHeight = 44, controlHeight = 28, statusHeight = 26;
} // namespace metrics

} // namespace headlight::ui
