// The palettes and the type scale, after the mock-ups; two more for eyes that need strong contrast.

#include "ui/style/theme.h"

#include "ui/style/colour_map.h"
#include "ui/style/icon.h"
#include "ui/style/restyle.h"

#include <QApplication>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QWidget>

#include <cmath>
#include <map>
#include <mutex>

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

QFont font(double pixels, QFont::Weight weight = QFont::Normal)
{
    static const QString name = family();
    QFont font(name);
    font.setPixelSize(int(std::lround(pixels)));
    font.setWeight(weight);
    return font;
}

void setFonts(Theme& theme)
{
    const double scale = theme.typeScale;
    theme.body = font(13 * scale);
    theme.small = font(12 * scale);
    theme.strong = font(13 * scale, QFont::DemiBold);
    theme.heading = font(15 * scale, QFont::Bold);
    theme.title = font(18 * scale, QFont::DemiBold);
    theme.section = font(11 * scale, QFont::Bold);
    theme.section.setCapitalization(QFont::AllUppercase);
    theme.section.setLetterSpacing(QFont::AbsoluteSpacing, 0.6);
    theme.mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    theme.mono.setPixelSize(int(std::lround(12 * scale)));
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
    return theme;
}

/// Text at 7 : 1 and more, borders as strong as text.
Theme contrastLightTheme()
{
    Theme theme = lightTheme();
    theme.kind = ThemeKind::ContrastLight;
    theme.window = theme.panel = QColor(0xffffff);
    theme.surface = QColor(0xf0f0f0);
    theme.border = theme.text = QColor(Qt::black);
    theme.mutedText = QColor(0x303030);
    theme.accent = QColor(0x0033a0);
    theme.accentSoft = QColor(0xe6ecff);
    theme.highlight = QColor(0xa3005c);
    theme.warning = QColor(0x5e3500);
    theme.error = QColor(0x8f0000);
    theme.errorSoft = QColor(0xffecec);
    return theme;
}

Theme contrastDarkTheme()
{
    Theme theme = darkTheme();
    theme.kind = ThemeKind::ContrastDark;
    theme.window = theme.panel = QColor(Qt::black);
    theme.surface = QColor(0x1c1c1c);
    theme.border = theme.text = QColor(0xffffff);
    theme.mutedText = QColor(0xdddddd);
    theme.accent = QColor(0xffd400);
    theme.accentText = QColor(Qt::black);
    theme.accentSoft = QColor(0x2e2700);
    theme.highlight = QColor(0x00e5ff);
    theme.warning = QColor(0xffd400);
    theme.error = QColor(0xffa0a0);
    theme.errorSoft = QColor(0x330000);
    return theme;
}

Theme makeTheme(ThemeKind kind, double typeScale)
{
    Theme theme = kind == ThemeKind::Light ? lightTheme()
        : kind == ThemeKind::Dark          ? darkTheme()
        : kind == ThemeKind::ContrastLight ? contrastLightTheme()
                                           : contrastDarkTheme();
    theme.typeScale = typeScale;
    setFonts(theme);
    return theme;
}

constexpr std::pair<ThemeKind, const char*> ids[]{ { ThemeKind::Light, "light" }, { ThemeKind::Dark, "dark" },
    { ThemeKind::ContrastLight, "contrast-light" }, { ThemeKind::ContrastDark, "contrast-dark" } };

struct Applied {
    ThemeKind kind = ThemeKind::Light;
    double typeScale = 1;
};

/// What applyTheme chose last. The one piece of state in this file: Qt's palette and style sheet are global
/// as well.
Applied& applied()
{
    static Applied applied;
    return applied;
}

/// Which widgets took a font out of the theme, and which.
std::map<QWidget*, FontOf>& fontsInUse()
{
    static std::map<QWidget*, FontOf> fonts;
    return fonts;
}

} // namespace

QString id(ThemeKind kind)
{
    return QLatin1String(std::ranges::find(ids, kind, [](const auto& pair) { return pair.first; })->second);
}

std::optional<ThemeKind> themeFromId(const QString& id)
{
    for (const auto& [kind, name] : ids) {
        if (id == QLatin1String(name))
            return kind;
    }
    return std::nullopt;
}

const Theme& Theme::of(ThemeKind kind, double typeScale)
{
    static std::mutex mutex;
    static std::map<std::pair<ThemeKind, int>, Theme> themes; // never erased: references stay good
    const int percent = int(std::lround(std::clamp(typeScale, 0.5, 4.0) * 100));
    const std::lock_guard lock(mutex);
    const auto found = themes.find({ kind, percent });
    return found != themes.end()
        ? found->second
        : themes.emplace(std::pair(kind, percent), makeTheme(kind, percent / 100.0)).first->second;
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

void applyTheme(QApplication& app, ThemeKind kind, std::optional<double> typeScale)
{
    systemTheme(); // remembers the platform's palette
    icon(QStringLiteral("check")); // the style sheet names icons: they must be there
    applied() = { kind, typeScale.value_or(applied().typeScale) };
    const Theme& theme = currentTheme();
    if (app.styleSheet().isEmpty())
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const auto setGlobals = [&theme] {
        if (QApplication::font() != theme.body)
            QApplication::setFont(theme.body);
        if (QApplication::palette() != theme.palette())
            QApplication::setPalette(theme.palette());
    };
    // A font reaches no widget that a style sheet is in force for: it is taken away for a new size of type,
    // too.
    const QString sheet = theme.styleSheet();
    if (app.styleSheet() != sheet || QApplication::font() != theme.body)
        restyle(app, sheet, setGlobals);
    for (const auto& [widget, font] : fontsInUse()) { // after the style sheet, which brings back older fonts
        if (const QFont now = font(theme); widget->font() != now)
            widget->setFont(now);
    }
}

const Theme& currentTheme()
{
    return Theme::of(applied().kind, applied().typeScale);
}

void useFont(QWidget& widget, const FontOf& font)
{
    const bool known = fontsInUse().contains(&widget);
    fontsInUse()[&widget] = font;
    widget.setFont(font(currentTheme()));
    if (!known)
        QObject::connect(&widget, &QObject::destroyed, [gone = &widget] { fontsInUse().erase(gone); });
}

} // namespace headlight::ui
