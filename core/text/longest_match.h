#pragma once
// Finding which of many fixed texts stands at a place, the longest first.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace headlight {

class LongestMatch {
public:
    /// Of a text added twice the first value stays; empty texts are never found.
    void add(std::u32string content, std::int64_t value);
    bool empty() const { return m_values.empty(); }
    /// The value and the length in code points of the longest text that begins at `at`.
    std::optional<std::pair<std::int64_t, std::size_t>> find(std::u32string_view text, std::size_t at) const;

private:
    struct Hash {
        using is_transparent = void; // looking up needs no copy of the text
        std::size_t operator()(std::u32string_view text) const
        {
            return std::hash<std::u32string_view>()(text);
        }
    };
    std::unordered_map<char32_t, std::vector<std::size_t>> m_lengths; ///< by first character, longest first
    std::unordered_map<std::u32string, std::int64_t, Hash, std::equal_to<>> m_values;
};

} // namespace headlight
