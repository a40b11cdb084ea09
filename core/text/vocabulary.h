#pragma once
// Tokens ↔ ids, both ways without copies.

#include "core/base/expected.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace headlight {

/// No file's ids may go beyond; the largest vocabularies in use are under 2^19.
inline constexpr std::int64_t largestTokenId = 1 << 24;

class Vocabulary {
public:
    Vocabulary() = default;
    Vocabulary(Vocabulary&&) = default;
    Vocabulary& operator=(Vocabulary&&) = default;
    Vocabulary(const Vocabulary&) = delete;
    Vocabulary& operator=(const Vocabulary&) = delete;

    /// A token given twice keeps its last id. Errors: BadFile for an id that is negative or absurdly large.
    Status add(std::string token, std::int64_t id);

    std::optional<std::int64_t> id(std::string_view token) const
    {
        const auto found = m_ids.find(token);
        return found == m_ids.end() ? std::nullopt : std::optional<std::int64_t>(found->second);
    }
    /// Empty for an id that no token has.
    std::string_view token(std::int64_t id) const;
    /// One past the largest id; ids in between may be unused.
    std::int64_t size() const { return std::int64_t(m_byId.size()); }
    bool empty() const { return m_ids.empty(); }
    /// Bytes of the longest token.
    std::size_t longestToken() const { return m_longest; }

private:
    std::deque<std::string> m_tokens; ///< a deque, because the views below point into it
    std::unordered_map<std::string_view, std::int64_t> m_ids;
    std::vector<std::string_view> m_byId;
    std::size_t m_longest = 0;
};

} // namespace headlight
