// Everything long-lived is constructed here and passed down; there are no singletons.

#include "app/window.h"

#include <QApplication>
#include <QMainWindow>

#include <clocale>

namespace headlight {

bool displayAvailable()
{
    for (const char* variable : { "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM" }) {
        if (!qEnvironmentVariableIsEmpty(variable))
            return true;
    }
    return false;
}

int openWindow(int argc, char** argv, const std::vector<std::string>& paths)
{
    QCoreApplication::setOrganizationName(QStringLiteral("Headlight"));
    QCoreApplication::setApplicationName(QStringLiteral("headlight"));
    QCoreApplication::setApplicationVersion(QStringLiteral(HEADLIGHT_VERSION));
    const QApplication application(argc, argv);
    std::setlocale(LC_NUMERIC, "C"); // Qt took the person's: a decimal comma would break every parser
    QMainWindow window;
    if (!paths.empty())
        window.setWindowFilePath(QString::fromStdString(paths.front()));
    window.show();
    return QApplication::exec();
}

} // namespace headlight
