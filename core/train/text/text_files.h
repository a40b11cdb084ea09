#pragma once
// Texts out of files, plain or compressed: the columns of a table with a header line, or the lines of a text.

#include "core/base/expected.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headlight {

/// The whole of a file, unpacked if it is gzip. Errors: NotFound, BadFile (damaged).
Expected<std::string> readMaybeCompressed(const std::filesystem::path& path);

/// Cells separated by tabs; every row has as many as the header.
struct TextTable {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
    std::string where;

    /// Errors: NotFound, BadFile naming the line.
    static Expected<TextTable> read(const std::filesystem::path& path);
    /// Errors: BadFile naming the columns there are.
    Expected<std::size_t> column(const std::string& name) const;
};

/// Lines that are not empty. Errors: NotFound, BadFile.
Expected<std::vector<std::string>> readLines(const std::filesystem::path& path);

} // namespace headlight
