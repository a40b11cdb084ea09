#pragma once
// What can go wrong in the outside world, as a value. A programmer's mistake is not an Error: see check.h.

#include <string>

namespace headlight {

enum class ErrorKind {
    NotFound, ///< no such file, folder or bundled name
    BadFile, ///< the file is there, but it is not what its name or header says
    Unsupported, ///< well-formed, but outside of what Headlight can do
    BadInput, ///< what the person typed or chose cannot be run
    TooLong, ///< the input does not fit the model; cutting it would help
    Unwritable, ///< the output could not be written
    Cancelled, ///< stopped on purpose; never shown
    Internal, ///< a defect of the program, caught at the boundary
};

struct Error {
    ErrorKind kind = ErrorKind::Internal;
    /// One sentence for a person: what was found, what was expected, where, what to do.
    std::string message;
};

} // namespace headlight
