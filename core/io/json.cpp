#include "core/io/json.h"

#include "core/io/file.h"

namespace headlight {

Expected<Json> parseJson(std::string_view text, std::string_view where)
{
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto upTo = text.substr(0, std::min(error.byte, text.size()));
        const auto line = 1 + std::count(upTo.begin(), upTo.end(), '\n');
        return Error { ErrorKind::BadFile,
            fmt::format("{} is not valid JSON: something is wrong in line {} (byte {}). Is the file whole?", where,
                line, error.byte) };
    } catch (const Json::out_of_range&) { // well-formed, as 1e999 is
        return Error { ErrorKind::BadFile, fmt::format("{} holds a number that is too large to be read.", where) };
    }
}

Expected<Json> readJson(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::string text, readFile(path));
    return parseJson(text, path.string());
}

} // namespace headlight
