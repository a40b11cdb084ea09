// Everything long-lived is constructed here and passed down; there are no singletons.

#include "app/window.h"

#include "app/first_map.h"
#include "core/engine/engine.h"
#include "ui/session/library.h"
#include "ui/session/preferences.h"
#include "ui/shell/appearance.h"
#include "ui/style/quiet_fonts.h"
#include "ui/workbench.h"

#include <QApplication>

#include <clocale>
#include <optional>

namespace headlight {
namespace {

ui::ThemeKind chosenTheme()
{
    return ui::Appearance::kindOf(ui::loadTheme(), ui::systemTheme());
}

/// The named things, or the bundled model on its first example.
void openFirst(ui::Session& session, const std::vector<std::string>& paths)
{
    QStringList named;
    for (const std::string& path : paths)
        named << QString::fromStdString(path);
    if (named.isEmpty())
        session.openModel(QLatin1String(ui::Session::firstModel));
    else
        session.openPaths(named);
    session.library().refresh();
}

} // namespace

bool displayAvailable()
{
    for (const char* variable : { "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM" }) {
        if (!qEnvironmentVariableIsEmpty(variable))
            return true;
    }
    return false;
}

int openWindow(int argc, char** argv, const WindowOptions& options)
{
    QCoreApplication::setOrganizationName(QStringLiteral("Headlight"));
    QCoreApplication::setApplicationName(QStringLiteral("headlight"));
    QCoreApplication::setApplicationVersion(QStringLiteral(HEADLIGHT_VERSION));
    ui::quietFontFallback();
    QApplication application(argc, argv);
    std::setlocale(LC_NUMERIC, "C"); // Qt took the person's: a decimal comma would break every parser
    const Engine engine(Resources::locate());
    ui::Session session(engine);
    openFirst(session, options.paths); // loads while the window is being made
    ui::applyTheme(application, chosenTheme(), ui::loadSettings().typePercent / 100.0);
    ui::Workbench workbench(session);
    std::optional<QuitAfterFirstMap> quit;
    if (options.quitAfterFirstMap)
        quit.emplace(session, workbench.window());
    workbench.window().show();
    return QApplication::exec();
}

} // namespace headlight
