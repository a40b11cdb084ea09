#pragma once
// The verbs of the command line. Each is one file of this folder; README.md beside app/ says how to add one.

#include "core/base/expected.h"
#include "core/base/job_control.h"

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace headlight {

struct Command {
    /// What a verb does once its options are read. The job is stopped by Ctrl+C and shows progress on a
    /// terminal. Errors: an Error ends the program with status 1 and its message as one line; so does an
    /// exception that escapes. A CLI::ValidationError means wrong usage (status 2): throw it for options that
    /// do not go together.
    using Run = std::function<Status(const JobControl& job)>;

    const char* name; ///< as typed
    const char* summary; ///< one line for --help
    /// Declares the options on `app`. Their values live in what the returned function captures.
    Run (*setUp)(CLI::App& app);
};

/// Every verb, in the order --help shows them.
std::vector<Command> commands();

} // namespace headlight
