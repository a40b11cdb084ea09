#include "core/text/normalized_string.h"

#include "core/base/check.h"

namespace headlight {

NormalizedString::NormalizedString(std::u32string text, int firstOrigin)
    : m_text(std::move(text))
    , m_origins(m_text.size())
{
    for (std::size_t i = 0; i < m_origins.size(); ++i)
        m_origins[i] = { firstOrigin + int(i), firstOrigin + int(i) + 1 };
}

Span NormalizedString::origin(std::size_t begin, std::size_t end) const
{
    HEADLIGHT_CHECK(begin <= end && end <= size(), "range outside of the text");
    if (begin == end) {
        const int at = begin > 0 ? m_origins[begin - 1].end : empty() ? 0 : m_origins.front().begin;
        return { at, at };
    }
    return { m_origins[begin].begin, std::max(m_origins[begin].end, m_origins[end - 1].end) };
}

void NormalizedString::transform(std::span<const CharacterChange> changes, std::size_t removedAtFront)
{
    std::u32string text;
    std::vector<Span> origins;
    text.reserve(changes.size());
    origins.reserve(changes.size());
    const Span front = origin(0, 0);
    std::size_t old = removedAtFront; // the next old code point
    for (const CharacterChange& change : changes) {
        text.push_back(change.c);
        if (change.change > 0) {
            origins.push_back(old > 0 ? m_origins[old - 1] : front);
            continue;
        }
        HEADLIGHT_CHECK(old < size(), "more code points replaced than there are");
        origins.push_back(m_origins[old]);
        old = std::min(old + 1 + std::size_t(-change.change), size());
    }
    m_text = std::move(text);
    m_origins = std::move(origins);
}

void NormalizedString::rebuild(std::u32string text, std::span<const Span> sources)
{
    HEADLIGHT_CHECK(text.size() == sources.size(), "every code point needs its source");
    std::vector<Span> origins;
    origins.reserve(text.size());
    for (const Span& source : sources)
        origins.push_back(origin(std::size_t(source.begin), std::size_t(source.end)));
    m_text = std::move(text);
    m_origins = std::move(origins);
}

void NormalizedString::replace(std::size_t begin, std::size_t end, std::u32string_view content)
{
    const Span source = begin < end ? m_origins.at(end - 1) : origin(begin, begin);
    m_text.replace(begin, end - begin, content);
    const auto first = m_origins.begin() + std::ptrdiff_t(begin);
    const auto at = m_origins.erase(first, m_origins.begin() + std::ptrdiff_t(end));
    m_origins.insert(at, content.size(), source);
}

void NormalizedString::prepend(std::u32string_view prefix)
{
    if (empty())
        return;
    m_text.insert(0, prefix);
    m_origins.insert(m_origins.begin(), prefix.size(), m_origins.front());
}

NormalizedString NormalizedString::slice(std::size_t begin, std::size_t end) const
{
    HEADLIGHT_CHECK(begin <= end && end <= size(), "range outside of the text");
    NormalizedString part;
    part.m_text = m_text.substr(begin, end - begin);
    part.m_origins.assign(m_origins.begin() + std::ptrdiff_t(begin), m_origins.begin() + std::ptrdiff_t(end));
    return part;
}

void NormalizedString::append(const NormalizedString& other)
{
    m_text += other.m_text;
    m_origins.insert(m_origins.end(), other.m_origins.begin(), other.m_origins.end());
}

} // namespace headlight
