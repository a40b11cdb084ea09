#include "tests/support/test_main.h"

#include <QApplication>
#include <QTemporaryDir>

namespace headlight::test {

void TestCase::init()
{
    // All but what the offscreen platform says of itself whenever a window with a minimum size is shown, and what Qt
    // says before it takes another font for a script that the first one lacks.
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support |  OpenType support missing for )"));
}

int run(const std::function<int()>& execute, int& argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QTemporaryDir home;
    for (const char* variable : { "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
             "XDG_RUNTIME_DIR" })
        qputenv(variable, home.path().toLocal8Bit());
    const QApplication app(argc, argv);
    QCoreApplication::setOrganizationName("Headlight");
    QCoreApplication::setApplicationName("headlight-test");
    return execute();
}

QString sourcePath(const QString& relative)
{
    return QStringLiteral(HEADLIGHT_SOURCE_DIR "/") + relative;
}

} // namespace headlight::test
