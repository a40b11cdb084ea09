// The two palettes and the type scale, after the mock-ups.

#include "ui/style/theme.h"

#include "ui/style/colour_map.h"
#include "ui/style/icon.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyleFactory>

namespace headlight::ui {
namespace {

QString family()
{
    const auto installed = QFontDatabase::families();
    for (const char* wanted : { "Inter", "Inter Variable", "Noto Sans", "DejaVu Sans" }) {
        if (installed.contains(QLatin1String(wanted)))
            return QLatin1String(wanted);
    }
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

QFont font(int pixels, QFont::Weight weight = QFont::Normal)
{
    QFont font(family());
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

void setFonts(Theme& theme)
{
    theme.body = font(13);
    theme.small = font(12);
    theme.strong = font(13, QFont::DemiBold);
    theme.heading = font(15, QFont::Bold);
    theme.title = font(18, QFont::DemiBold);
    theme.section = font(11, QFont::Bold);
    theme.section.setCapitalization(QFont::AllUppercase);
    theme.section.setLetterSpacing(QFont::AbsoluteSpacing, 0.6);
    theme.mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    theme.mono.setPixelSize(12);
}

Theme lightTheme()
{
    Theme theme;
    theme.kind = ThemeKind::Light;
    theme.window = QColor(0xf4f4f1);
    theme.panel = QColor(0xffffff);
    theme.surface = QColor(0xecece7);
    theme.border = QColor(0xdcdcd6);
    theme.text = QColor(0x1d2126);
    theme.mutedText = QColor(0x626a78);
    theme.accent = QColor(0x3b5bdb);
    theme.accentText = QColor(0xffffff);
    theme.accentSoft = QColor(0xeef1fd);
    theme.highlight = QColor(0xe8590c);
    theme.warning = QColor(0x9a5b00);
    theme.error = QColor(0xb42318);
    theme.errorSoft = QColor(0xfdecea);
    setFonts(theme);
    return theme;
}

Theme darkTheme()
{
    Theme theme;
    theme.kind = ThemeKind::Dark;
    theme.window = QColor(0x15171b);
    theme.panel = QColor(0x1c1f25);
    theme.surface = QColor(0x262a32);
    theme.border = QColor(0x363b45);
    theme.text = QColor(0xe8eaee);
    theme.mutedText = QColor(0x9aa1ad);
    theme.accent = QColor(0x7c95ff);
    theme.accentText = QColor(0x12141a);
    theme.accentSoft = QColor(0x272d47);
    theme.highlight = QColor(0xf0a04b);
    theme.warning = QColor(0xf2b84b);
    theme.error = QColor(0xff8a80);
    theme.errorSoft = QColor(0x3a2224);
    setFonts(theme);
    return theme;
}

/// What applyTheme chose last. The one piece of state in this file: Qt's palette and style sheet are global
/// as well.
ThemeKind& appliedKind()
{
    static ThemeKind kind = ThemeKind::Light;
    return kind;
}

} // namespace

const Theme& Theme::of(ThemeKind kind)
{
    static const Theme light = lightTheme(), dark = darkTheme();
    return kind == ThemeKind::Dark ? dark : light;
}

QPalette Theme::palette() const
{
    QPalette palette;
    const std::pair<QPalette::ColorRole, QColor> roles[] = { { QPalette::Window, window },
        { QPalette::Base, panel }, { QPalette::AlternateBase, surface }, { QPalette::Button, panel },
        { QPalette::ToolTipBase, surface }, { QPalette::WindowText, text }, { QPalette::Text, text },
        { QPalette::ButtonText, text }, { QPalette::ToolTipText, text }, { QPalette::BrightText, error },
        { QPalette::PlaceholderText, mutedText }, { QPalette::Highlight, accent },
        { QPalette::HighlightedText, accentText }, { QPalette::Link, accent },
        { QPalette::LinkVisited, accent }, { QPalette::Light, panel }, { QPalette::Midlight, surface },
        { QPalette::Mid, border }, { QPalette::Dark, border }, { QPalette::Shadow, border } };
    for (const auto& [role, colour] : roles)
        palette.setColor(role, colour);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, mutedText);
    return palette;
}

ThemeKind systemTheme()
{
    // Qt 6.4 has no question for it; the palette of the platform answers it, until ours replaces that one.
    static const QPalette system = QApplication::palette();
    const int background = system.color(QPalette::Window).lightness();
    return background < system.color(QPalette::WindowText).lightness() ? ThemeKind::Dark : ThemeKind::Light;
}

void applyTheme(QApplication& app, ThemeKind kind)
{
    systemTheme(); // remembers the platform's palette
    icon(QStringLiteral("check")); // the style sheet names icons: they must be there
    appliedKind() = kind;
    const Theme& theme = Theme::of(kind);
    if (app.styleSheet().isEmpty())
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setFont(theme.body);
    QApplication::setPalette(theme.palette());
    app.setStyleSheet(theme.styleSheet());
}

const Theme& currentTheme()
{
    return Theme::of(appliedKind());
}

} // namespace headlight::ui
