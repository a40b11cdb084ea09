#include "core/base/check.h"

#include <fmt/format.h>

namespace headlight {

void failCheck(const char* condition, const char* file, int line, const std::string& message)
{
    throw CheckFailed(fmt::format("{} ({} does not hold, {}:{})", message, condition, file, line));
}

} // namespace headlight
