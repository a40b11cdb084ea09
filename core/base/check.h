#pragma once
// HEADLIGHT_CHECK guards what only a programmer can get wrong (a shape, an index). It is on in every build and throws;
// nothing in core catches it, the boundary (engine thread, command line) reports it.

#include <stdexcept>
#include <string>

namespace headlight {

class CheckFailed : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

[[noreturn]] void failCheck(const char* condition, const char* file, int line, const std::string& message);

} // namespace headlight

#define HEADLIGHT_CHECK(condition, message)                                                                   \
    do {                                                                                                      \
        if (!(condition)) [[unlikely]]                                                                        \
            ::headlight::failCheck(#condition, __FILE__, __LINE__, message);                                  \
    } while (false)
