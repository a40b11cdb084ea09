#include "core/train/text/text_files.h"

#include "core/io/file.h"

#include <zlib.h>

namespace headlight {
namespace {

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string> linesOf(std::string_view text)
{
    std::vector<std::string> lines = split(text, '\n');
    for (std::string& line : lines)
        if (line.ends_with('\r'))
            line.pop_back();
    if (lines.back().empty())
        lines.pop_back();
    return lines;
}

} // namespace

Expected<std::string> readMaybeCompressed(const std::filesystem::path& path)
{
    if (!std::filesystem::is_regular_file(path))
        return Error { ErrorKind::NotFound,
            fmt::format("There is no data file {}. Name the folder that holds it with --data.", path.string()) };
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose); // plain files pass as they are
    if (file == nullptr)
        return Error { ErrorKind::BadFile, fmt::format("{} cannot be opened.", path.string()) };
    std::string content;
    std::vector<char> buffer(1 << 20);
    int got = 0;
    while ((got = gzread(file.get(), buffer.data(), unsigned(buffer.size()))) > 0)
        content.append(buffer.data(), std::size_t(got));
    int status = Z_OK;
    gzerror(file.get(), &status);
    if (got < 0 || (status != Z_OK && status != Z_STREAM_END))
        return Error { ErrorKind::BadFile, fmt::format("{} is damaged or ends early.", path.string()) };
    return content;
}

Expected<TextTable> TextTable::read(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::string content, readMaybeCompressed(path));
    const std::vector<std::string> lines = linesOf(content);
    if (lines.empty())
        return Error { ErrorKind::BadFile, fmt::format("{} is empty.", path.string()) };
    TextTable table { split(lines.front(), '\t'), {}, path.string() };
    for (std::size_t i = 1; i < lines.size(); ++i) {
        table.rows.push_back(split(lines[i], '\t'));
        if (table.rows.back().size() != table.header.size())
            return Error { ErrorKind::BadFile,
                fmt::format("{}, line {}: {} cells, but the header names {}.", path.string(), i + 1,
                    table.rows.back().size(), table.header.size()) };
    }
    return table;
}

Expected<std::size_t> TextTable::column(const std::string& name) const
{
    for (std::size_t i = 0; i < header.size(); ++i)
        if (header[i] == name)
            return i;
    return Error { ErrorKind::BadFile,
        fmt::format("{} has no column \"{}\"; its columns are: {}.", where, name, fmt::join(header, ", ")) };
}

Expected<std::vector<std::string>> readLines(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::string content, readMaybeCompressed(path));
    std::vector<std::string> lines = linesOf(content);
    std::erase(lines, std::string());
    return lines;
}

} // namespace headlight
