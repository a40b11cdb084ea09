#include "tests/support/test_main.h"

#include "core/tensor/processor.h"

#include <QApplication>
#include <QTemporaryDir>

namespace headlight::test {
namespace {

/// The exit status that ctest knows as "not run".
constexpr int skipped = 77;

} // namespace

void TestCase::init()
{
    // All but what the offscreen platform says of itself whenever a window with a minimum size is shown, and what Qt
    // says before it takes another font for a script that the first one lacks.
    QTest::failOnWarning(QRegularExpression("^(?!This plugin does not support |  OpenType support missing for )"));
}

int run(const std::function<int()>& execute, int& argc, char** argv)
{
    const Status limited = limitProcessor(qgetenv("HEADLIGHT_CPU").toStdString());
    if (!limited) {
        std::fprintf(stderr, "%s\n", limited.error().message.c_str());
        return limited.error().kind == ErrorKind::Unsupported ? skipped : EXIT_FAILURE;
    }
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
