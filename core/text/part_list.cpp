#include "core/text/part_list.h"

#include "core/io/json.h"

namespace headlight {
namespace {

constexpr int deepestNesting = 16;

} // namespace

Place Place::child(std::string_view name) const
{
    return { file, path.empty() ? std::string(name) : fmt::format("{}.{}", path, name), depth + 1 };
}

Place Place::element(std::string_view name, std::size_t index) const
{
    return child(fmt::format("{}[{}]", name, index));
}

std::string Place::text() const
{
    return path.empty() ? file : fmt::format("{}, {}", file, path);
}

Expected<std::string> partType(const Json& description, const Place& place)
{
    if (place.depth > deepestNesting)
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{}: parts of the tokenizer nest deeper than {} levels.", place.text(), deepestNesting) };
    if (!description.is_object())
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{}: expected an object with a \"type\", found {}.", place.text(), description.type_name()) };
    return jsonGet<std::string>(description, "type", place.text());
}

Error unknownPart(std::string_view type, const Place& place, const std::vector<std::string_view>& known)
{
    return { ErrorKind::Unsupported,
        fmt::format(
            "{}: \"{}\" is not supported; Headlight knows {}.", place.text(), type, fmt::join(known, ", ")) };
}

Expected<std::vector<const Json*>> partElements(const Json& description, const char* key, const Place& place)
{
    const auto found = description.find(key);
    if (found == description.end() || !found->is_array())
        return Error{ ErrorKind::BadFile, fmt::format("{}: \"{}\" must be a list.", place.text(), key) };
    std::vector<const Json*> elements;
    for (const Json& element : *found)
        elements.push_back(&element);
    return elements;
}

} // namespace headlight
