#pragma once
// Text on its way through the normalizers. Each code point remembers which code points of the input it came
// from, so that a token found in "naive" can be shown on "Naïve".

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headlight {

/// A half-open range of code points.
struct Span {
    int begin = 0, end = 0;
    friend bool operator==(const Span&, const Span&) = default;
};

/// A code point of the new text and what became of the old text under it: 0 replaces one old code point, -n
/// replaces one and swallows the n after it, 1 is new and shares the origin of the old code point before it.
struct CharacterChange {
    char32_t c = 0;
    int change = 0;
};

class NormalizedString {
public:
    NormalizedString() = default;
    /// The unchanged text; its first code point is number `firstOrigin` of the input.
    explicit NormalizedString(std::u32string text, int firstOrigin = 0);

    const std::u32string& text() const { return m_text; }
    std::size_t size() const { return m_text.size(); }
    bool empty() const { return m_text.empty(); }
    /// Where [begin, end) came from in the input; an empty range has an empty origin.
    Span origin(std::size_t begin, std::size_t end) const;

    /// Replaces the text. `removedAtFront` old code points are dropped before the first change applies.
    void transform(std::span<const CharacterChange> changes, std::size_t removedAtFront = 0);
    /// Replaces the text; code point i takes the origin of the old code points sources[i], which are not
    /// none.
    void rebuild(std::u32string text, std::span<const Span> sources);
    /// Replaces [begin, end) by `content`, whose code points all take the origin of the last one replaced.
    void replace(std::size_t begin, std::size_t end, std::u32string_view content);
    /// Puts `prefix` in front; it shares the origin of the first code point. Nothing goes in front of
    /// nothing.
    void prepend(std::u32string_view prefix);
    NormalizedString slice(std::size_t begin, std::size_t end) const;
    void append(const NormalizedString& other);

    /// Code points where keep(c) is false go.
    template <typename Keep> void filter(Keep keep)
    {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < m_text.size(); ++i)
            if (keep(m_text[i])) {
                m_text[kept] = m_text[i];
                m_origins[kept++] = m_origins[i];
            }
        m_text.resize(kept);
        m_origins.resize(kept);
    }
    /// Each code point becomes another one.
    template <typename Map> void map(Map newCharacter)
    {
        for (char32_t& c : m_text)
            c = newCharacter(c);
    }

private:
    std::u32string m_text;
    std::vector<Span> m_origins; ///< one per code point of m_text
};

} // namespace headlight
