// Implements preferences.h with QSettings.

#include "ui/session/preferences.h"

#include <QSettings>
#include <cmath>

namespace headlight::ui {
namespace {

const QString recentKey = QStringLiteral("models/recent");
const QString themeKey = QStringLiteral("window/theme");

} // namespace

DisplaySettings loadDisplay()
{
    DisplaySettings display;
    QSettings settings;
    settings.beginGroup(QStringLiteral("display"));
    display.colourMap = settings.value("colourMap", display.colourMap).toString();
    display.normalise = normaliseFromId(settings.value("normalise").toString()).value_or(display.normalise);
    display.scale = scaleFromId(settings.value("scale").toString()).value_or(display.scale);
    display.hideSpecialTokens = settings.value("hideSpecialTokens", display.hideSpecialTokens).toBool();
    display.renormaliseHidden = settings.value("renormaliseHidden", display.renormaliseHidden).toBool();
    display.joinWords = settings.value("joinWords", display.joinWords).toBool();
    display.pooling =
        settings.value("pooling").toString() == QLatin1String("mean") ? Pooling::Mean : Pooling::Max;
    display.smoothImage = settings.value("smoothImage", display.smoothImage).toBool();
    const double overlay = settings.value("imageOverlay", display.imageOverlay).toDouble();
    if (overlay >= 0 && overlay <= 1)
        display.imageOverlay = overlay;
    return display;
}

void saveDisplay(const DisplaySettings& display)
{
    QSettings settings;
    settings.beginGroup(QStringLiteral("display"));
    settings.setValue("colourMap", display.colourMap);
    settings.setValue("normalise", id(display.normalise));
    settings.setValue("scale", id(display.scale));
    settings.setValue("hideSpecialTokens", display.hideSpecialTokens);
    settings.setValue("renormaliseHidden", display.renormaliseHidden);
    settings.setValue("joinWords", display.joinWords);
    settings.setValue("pooling", display.pooling == Pooling::Mean ? "mean" : "max");
    settings.setValue("smoothImage", display.smoothImage);
    settings.setValue("imageOverlay", display.imageOverlay);
}

QStringList loadRecent()
{
    return QSettings().value(recentKey).toStringList();
}

void saveRecent(const QStringList& folders)
{
    QSettings().setValue(recentKey, folders);
}

QString loadTheme()
{
    return QSettings().value(themeKey).toString();
}

void saveTheme(const QString& theme)
{
    QSettings().setValue(themeKey, theme);
}

Settings loadSettings()
{
    Settings settings;
    const QSettings stored;
    const int type = stored.value(QStringLiteral("settings/typePercent"), settings.typePercent).toInt();
    if (std::ranges::find(Settings::typeSizes, type) != std::end(Settings::typeSizes))
        settings.typePercent = type;
    settings.threads = std::clamp(stored.value(QStringLiteral("settings/threads"), 0).toInt(), 0, 1024);
    settings.memoryPercent = std::clamp(
        stored.value(QStringLiteral("settings/memoryPercent"), settings.memoryPercent).toInt(), 5, 100);
    settings.bfloat16 = stored.value(QStringLiteral("settings/bfloat16"), false).toBool();
    settings.modelFolders = stored.value(QStringLiteral("settings/modelFolders")).toStringList();
    return settings;
}

void saveSettings(const Settings& settings)
{
    QSettings stored;
    stored.setValue(QStringLiteral("settings/typePercent"), settings.typePercent);
    stored.setValue(QStringLiteral("settings/threads"), settings.threads);
    stored.setValue(QStringLiteral("settings/memoryPercent"), settings.memoryPercent);
    stored.setValue(QStringLiteral("settings/bfloat16"), settings.bfloat16);
    stored.setValue(QStringLiteral("settings/modelFolders"), settings.modelFolders);
}

QStringList loadSeenHints()
{
    return QSettings().value(QStringLiteral("window/seenHints")).toStringList();
}

void saveSeenHints(const QStringList& hints)
{
    QSettings().setValue(QStringLiteral("window/seenHints"), hints);
}

} // namespace headlight::ui
