#include "core/io/json.h"

#include "core/io/file.h"

#include <set>

namespace headlight {
namespace {

/// Tokenizers, the deepest of our files, nest a dozen levels.
constexpr int deepest = 200;

/// Where brackets nest too deep, or the text's length.
std::size_t tooDeepAt(std::string_view text)
{
    int depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            inString = !inString;
        else if (inString)
            i += c == '\\' ? 1 : 0;
        else if (c == '[' || c == '{')
            ++depth;
        else if (c == ']' || c == '}')
            --depth;
        if (depth > deepest)
            return i;
    }
    return text.size();
}

/// Thrown from within the parser.
struct Repeated {
    std::string key;
};

/// Watches the keys of every open object.
class KeyWatch {
public:
    bool operator()(int, Json::parse_event_t event, Json& value)
    {
        if (event == Json::parse_event_t::object_start)
            m_open.emplace_back();
        else if (event == Json::parse_event_t::object_end)
            m_open.pop_back();
        else if (event == Json::parse_event_t::key && !m_open.back().insert(value.get<std::string>()).second)
            throw Repeated { value.get<std::string>() };
        return true;
    }

private:
    std::vector<std::set<std::string>> m_open;
};

Error invalid(std::string_view text, std::string_view where, std::size_t byte)
{
    const auto upTo = text.substr(0, std::min(byte, text.size()));
    const auto line = 1 + std::count(upTo.begin(), upTo.end(), '\n');
    return { ErrorKind::BadFile,
        fmt::format("{} is not valid JSON: something is wrong in line {} (byte {}). Is the file whole?", where, line, byte) };
}

} // namespace

Expected<Json> parseJson(std::string_view text, std::string_view where, RepeatedKeys repeated)
{
    if (const std::size_t byte = tooDeepAt(text); byte < text.size())
        return Error { ErrorKind::BadFile,
            fmt::format("{} nests more than {} levels deep at byte {}: no file that Headlight reads does.", where, deepest, byte) };
    try {
        if (repeated == RepeatedKeys::KeepLast)
            return Json::parse(text);
        return Json::parse(text, [watch = KeyWatch()](int depth, Json::parse_event_t event, Json& value) mutable {
            return watch(depth, event, value);
        });
    } catch (const Json::parse_error& error) {
        return invalid(text, where, error.byte);
    } catch (const Json::out_of_range&) { // well-formed, as 1e999 is
        return Error { ErrorKind::BadFile, fmt::format("{} holds a number that is too large to be read.", where) };
    } catch (const Repeated& twice) {
        return Error { ErrorKind::BadFile, fmt::format("{} holds the key \"{}\" twice.", where, twice.key) };
    }
}

Expected<Json> readJson(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const std::string text, readFile(path));
    return parseJson(text, path.string());
}

} // namespace headlight
