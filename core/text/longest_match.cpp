#include "core/text/longest_match.h"

namespace headlight {

void LongestMatch::add(std::u32string content, std::int64_t value)
{
    if (content.empty())
        return;
    std::vector<std::size_t>& known = m_lengths[content.front()];
    if (std::find(known.begin(), known.end(), content.size()) == known.end())
        known.push_back(content.size());
    std::sort(known.begin(), known.end(), std::greater<>());
    m_values.emplace(std::move(content), value);
}

std::optional<std::pair<std::int64_t, std::size_t>> LongestMatch::find(
    std::u32string_view text, std::size_t at) const
{
    const auto known = m_lengths.find(text[at]);
    if (known == m_lengths.end())
        return std::nullopt;
    for (const std::size_t length : known->second)
        if (length <= text.size() - at)
            if (const auto found = m_values.find(text.substr(at, length)); found != m_values.end())
                return std::pair{ found->second, length };
    return std::nullopt;
}

} // namespace headlight
