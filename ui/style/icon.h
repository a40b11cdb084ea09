#pragma once
// Icons from the resources, drawn in the colour of the current theme at the moment they are painted: a theme
// switch needs no new icons.

#include <QIcon>
#include <QString>

namespace headlight::ui {

enum class IconColour { Text, Muted, Accent, AccentText, Error };

/// `name` as in resources/icons, without its ending.
QIcon icon(const QString& name, IconColour colour = IconColour::Text);
/// The program's own icon.
QIcon applicationIcon();

} // namespace headlight::ui
