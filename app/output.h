#pragma once
// Where a verb's results go: to a file that is there whole or not at all, or to stdout.

#include "core/base/expected.h"

#include <filesystem>
#include <string_view>

namespace headlight {

/// Writes to `target`; an empty path or "-" is stdout. Errors: Unwritable, also for a full disk behind
/// stdout.
Status writeOutput(const std::filesystem::path& target, std::string_view content);

} // namespace headlight
