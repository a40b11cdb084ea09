#pragma once
// How a part of a tokenizer is found by the "type" that tokenizer.json gives it. Each kind of part
// (normalizers, ...) has one explicit list of rows; an unknown type is an error that names it, its place and
// what is known.

#include "core/base/expected.h"

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

using Json = nlohmann::json;

/// Where in which file a description stands, for messages; also bounds how deep parts may nest.
struct Place {
    std::string file; ///< as it should be named in a message
    std::string path; ///< "normalizer.normalizers[2]"
    int depth = 0;

    Place child(std::string_view name) const;
    Place element(std::string_view name, std::size_t index) const;
    std::string text() const; ///< "tokenizer.json, normalizer.normalizers[2]"
};

template <typename Part> using PartPtr = std::unique_ptr<const Part>;

template <typename Part> struct PartRow {
    std::string_view type;
    Expected<PartPtr<Part>> (*make)(const Json& description, const Place& place);
};

/// The value of "type". Errors: BadFile when the description is no object, has no type, or nests too deep.
Expected<std::string> partType(const Json& description, const Place& place);
Error unknownPart(std::string_view type, const Place& place, const std::vector<std::string_view>& known);
/// The descriptions in description[key], which must be a list. Errors: BadFile.
Expected<std::vector<const Json*>> partElements(const Json& description, const char* key, const Place& place);

/// Errors: BadFile, and Unsupported for a type that is not in `rows`.
template <typename Part>
Expected<PartPtr<Part>> makePart(
    std::span<const PartRow<Part>> rows, const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const std::string type, partType(description, place));
    std::vector<std::string_view> known;
    for (const PartRow<Part>& row : rows) {
        if (row.type == type)
            return row.make(description, place);
        known.push_back(row.type);
    }
    return unknownPart(type, place, known);
}

/// The parts of a "Sequence", in order.
template <typename Part>
Expected<std::vector<PartPtr<Part>>> makeParts(Expected<PartPtr<Part>> (*make)(const Json&, const Place&),
    const Json& description, const char* key, const Place& place)
{
    HEADLIGHT_TRY(const std::vector<const Json*> elements, partElements(description, key, place));
    std::vector<PartPtr<Part>> parts;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        HEADLIGHT_TRY(PartPtr<Part> part, make(*elements[i], place.element(key, i)));
        parts.push_back(std::move(part));
    }
    return parts;
}

} // namespace headlight
