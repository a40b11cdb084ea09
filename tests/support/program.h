#pragma once
// Runs the program itself, as a script would: no display, its own settings, everything it says caught.

#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

namespace headlight::test {

struct ProgramRun {
    int status = -1; ///< -1: it crashed or did not end in time
    QString out, err;
};

/// An environment without any display.
QProcessEnvironment displaylessEnvironment();

ProgramRun runProgram(const QStringList& arguments, const QByteArray& input = {},
    const QProcessEnvironment& environment = displaylessEnvironment());

} // namespace headlight::test
