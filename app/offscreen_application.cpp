// The environment is set here and not asked for: what a person's desktop is configured to must not change a
// figure.

#include "app/offscreen_application.h"

#include "ui/style/quiet_fonts.h"

#include <QApplication>
#include <QLocale>

#include <clocale>

namespace headlight {

OffscreenApplication::OffscreenApplication()
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    for (const char* variable :
        { "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI", "QT_STYLE_OVERRIDE" })
        qunsetenv(variable);
    if (qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR"))
        qputenv("XDG_RUNTIME_DIR", m_runtime.path().toLocal8Bit());
    ui::quietFontFallback();
    m_application = std::make_unique<QApplication>(m_argumentCount, m_arguments);
    QCoreApplication::setApplicationVersion(QStringLiteral(HEADLIGHT_VERSION));
    std::setlocale(LC_NUMERIC, "C"); // Qt took the person's: a decimal comma would break every parser
    QLocale::setDefault(QLocale::c());
}

OffscreenApplication::~OffscreenApplication() = default;

} // namespace headlight
