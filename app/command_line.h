#pragma once
// The contract of the command line in one place: what is parsed, where messages go, which status a run ends
// with.

#include <string_view>

namespace headlight {

enum ExitStatus { Done = 0, Failed = 1, WrongUsage = 2, Interrupted = 130 };

/// Runs a verb, or opens the window when there is none. Never throws. Returns the exit status.
int runCommandLine(int argc, char** argv);

/// Writes `headlight: <message>` to stderr as one line, whatever the message holds.
void printError(std::string_view message);

} // namespace headlight
