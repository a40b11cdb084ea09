#pragma once
// Reading JSON that strangers wrote: every access says what was expected, and where. Include in .cpp files only.

#include "core/base/expected.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>

namespace headlight {

using Json = nlohmann::json;

/// What to do with a key that an object holds twice.
enum class RepeatedKeys { KeepLast, Refuse };

/// Errors: NotFound; BadFile with line and byte.
Expected<Json> readJson(const std::filesystem::path& path);
/// `where` names the source in the message. Errors: BadFile; also for what is nested deeper than any honest file, which
/// would take the memory of the machine, and for numbers beyond a double.
Expected<Json> parseJson(std::string_view text, std::string_view where, RepeatedKeys repeated = RepeatedKeys::KeepLast);

template <typename T>
inline constexpr bool isList = false;
template <typename T>
inline constexpr bool isList<std::vector<T>> = true;

/// False for a number that T cannot hold exactly, where T is a whole number or a list of them: the library would cut it.
template <typename T>
bool holdsExactly(const Json& value)
{
    if constexpr (isList<T>) {
        return value.is_array() && std::all_of(value.begin(), value.end(), holdsExactly<typename T::value_type>);
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        if (value.is_number_unsigned())
            return std::in_range<T>(value.get<std::uint64_t>());
        if (value.is_number_integer())
            return std::in_range<T>(value.get<std::int64_t>());
        const double number = value.is_number() ? value.get<double>() : 0.5;
        return number == std::floor(number) && std::abs(number) < 0x1p53 && std::in_range<T>(std::int64_t(number));
    } else {
        return true;
    }
}

/// object[key] as T, or `fallback` when the key is absent or null. Errors: BadFile when it has another type.
template <typename T>
Expected<T> jsonOr(const Json& object, const char* key, T fallback, std::string_view where)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() || found->is_null())
        return fallback;
    try {
        if (holdsExactly<T>(*found))
            return found->template get<T>();
    } catch (const Json::exception&) {
        // said below
    }
    return Error { ErrorKind::BadFile,
        std::string(where) + ": the value of \"" + key + "\" has the wrong type (found " + found->type_name() + ")." };
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
