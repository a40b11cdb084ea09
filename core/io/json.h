#pragma once
// Reading JSON that strangers wrote: every access says what was expected, and where. Include in .cpp files only.

#include "core/base/expected.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

namespace headlight {

using Json = nlohmann::json;

/// Errors: NotFound, BadFile with line and column.
Expected<Json> readJson(const std::filesystem::path& path);
/// `where` names the source in the message.
Expected<Json> parseJson(std::string_view text, std::string_view where);

/// object[key] as T, or `fallback` when the key is absent or null. Errors: BadFile when it has another type.
template <typename T>
Expected<T> jsonOr(const Json& object, const char* key, T fallback, std::string_view where)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() || found->is_null())
        return fallback;
    try {
        return found->template get<T>();
    } catch (const Json::exception&) {
        return Error { ErrorKind::BadFile,
            std::string(where) + ": the value of \"" + key + "\" has the wrong type (found " + found->type_name() + ")." };
    }
}

/// object[key] as T. Errors: BadFile when it is absent or has another type.
template <typename T>
Expected<T> jsonGet(const Json& object, const char* key, std::string_view where)
{
    if (!object.is_object() || !object.contains(key) || object.at(key).is_null())
        return Error { ErrorKind::BadFile, std::string(where) + " lacks \"" + key + "\"." };
    return jsonOr<T>(object, key, T {}, where);
}

} // namespace headlight
