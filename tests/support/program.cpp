// Implements program.h with QProcess; two minutes are the longest any single verb may take in a test.

#include "tests/support/program.h"

#include <QProcess>

namespace headlight::test {

QProcessEnvironment displaylessEnvironment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char* variable : { "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM" })
        environment.remove(variable);
    return environment;
}

ProgramRun runProgram(
    const QStringList& arguments, const QByteArray& input, const QProcessEnvironment& environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(HEADLIGHT_PROGRAM), arguments);
    process.write(input);
    process.closeWriteChannel();
    const bool ended = process.waitForFinished(120'000) && process.exitStatus() == QProcess::NormalExit;
    return { ended ? process.exitCode() : -1, QString::fromUtf8(process.readAllStandardOutput()),
        QString::fromUtf8(process.readAllStandardError()) };
}

} // namespace headlight::test
