// stdout is flushed and checked here, so that a full disk is an error and not silence.

#include "app/output.h"

#include "core/io/file.h"

#include <cerrno>
#include <cstring>

namespace headlight {

Status writeOutput(const std::filesystem::path& target, std::string_view content)
{
    if (!target.empty() && target != "-")
        return writeFile(target, content);
    const bool whole = std::fwrite(content.data(), 1, content.size(), stdout) == content.size();
    if (whole && std::fflush(stdout) == 0)
        return {};
    return Error{ ErrorKind::Unwritable,
        fmt::format("The result could not be written to standard output: {}.", std::strerror(errno)) };
}

} // namespace headlight
