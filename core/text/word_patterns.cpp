#include "core/text/word_patterns.h"

#include "core/text/unicode.h"

namespace headlight {
namespace {

enum class Kind : std::uint8_t { Letter, Number, Space, Other };

Kind kindOf(char32_t c)
{
    return isLetter(c)    ? Kind::Letter
        : isNumber(c)     ? Kind::Number
        : isWhiteSpace(c) ? Kind::Space
                          : Kind::Other;
}

bool isLineBreak(char32_t c)
{
    return c == U'\r' || c == U'\n';
}

/// A place in the text that moves to the right.
class Cursor {
public:
    explicit Cursor(std::u32string_view text)
        : m_text(text)
    {
    }
    bool atEnd(std::size_t at) const { return at >= m_text.size(); }
    char32_t operator[](std::size_t at) const { return at < m_text.size() ? m_text[at] : U'\0'; }
    bool is(std::size_t at, Kind kind) const { return at < m_text.size() && kindOf(m_text[at]) == kind; }
    std::size_t size() const { return m_text.size(); }

    std::size_t skip(std::size_t at, Kind kind, std::size_t most = std::size_t(-1)) const
    {
        for (; most > 0 && is(at, kind); --most)
            ++at;
        return at;
    }
    std::size_t skipLineBreaks(std::size_t at) const
    {
        while (at < m_text.size() && isLineBreak(m_text[at]))
            ++at;
        return at;
    }
    /// The end of an English contraction that begins at `at`, or `at`.
    std::size_t contraction(std::size_t at, bool anyCase) const
    {
        if ((*this)[at] != U'\'')
            return at;
        const char32_t a = folded(at + 1, anyCase), b = folded(at + 2, anyCase);
        if (a == U's' || a == U't' || a == U'm' || a == U'd')
            return at + 2;
        const bool two = (a == U'r' && b == U'e') || (a == U'v' && b == U'e') || (a == U'l' && b == U'l');
        return two ? at + 3 : at;
    }
    /// White space up to where a word begins, which takes the last space: \s+(?!\S)|\s+
    std::size_t spaces(std::size_t at) const
    {
        const std::size_t end = skip(at, Kind::Space);
        return atEnd(end) || end == at + 1 ? end : end - 1;
    }

private:
    char32_t folded(std::size_t at, bool anyCase) const
    {
        constexpr char32_t longS = 0x17f;
        const char32_t c = (*this)[at];
        if (!anyCase)
            return c;
        return c == longS ? U's' : c >= U'A' && c <= U'Z' ? c + 32 : c;
    }

    std::u32string_view m_text;
};

std::size_t gpt2Word(const Cursor& text, std::size_t at)
{
    if (const std::size_t end = text.contraction(at, false); end > at)
        return end;
    const std::size_t start = text[at] == U' ' ? at + 1 : at;
    for (const Kind kind : { Kind::Letter, Kind::Number, Kind::Other })
        if (text.is(start, kind))
            return text.skip(start, kind);
    return text.spaces(at);
}

/// \s*[\r\n]+|\s+(?!\S)|\s+
std::size_t spacesOrLines(const Cursor& text, std::size_t at)
{
    std::size_t end = text.skip(at, Kind::Space);
    while (end > at && !isLineBreak(text[end - 1])) // back to the last line break
        --end;
    return end > at ? end : text.spaces(at);
}

/// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|
/// \s*[\r\n]+|\s+(?!\S)|\s+
template <std::size_t digits> std::size_t newerWord(const Cursor& text, std::size_t at)
{
    if (const std::size_t end = text.contraction(at, true); end > at)
        return end;
    const Kind kind = kindOf(text[at]);
    if (kind == Kind::Letter)
        return text.skip(at, Kind::Letter);
    if (kind != Kind::Number && !isLineBreak(text[at]) && text.is(at + 1, Kind::Letter))
        return text.skip(at + 1, Kind::Letter);
    if (kind == Kind::Number)
        return text.skip(at, Kind::Number, digits);
    const std::size_t start = text[at] == U' ' ? at + 1 : at;
    if (text.is(start, Kind::Other))
        return text.skipLineBreaks(text.skip(start, Kind::Other));
    return spacesOrLines(text, at);
}

template <std::size_t (*nextWord)(const Cursor&, std::size_t)>
void findAll(std::u32string_view text, std::vector<Span>& found)
{
    const Cursor cursor(text);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = nextWord(cursor, at);
        found.push_back({ int(at), int(end) });
        at = end;
    }
}

constexpr std::pair<std::string_view, FindWords> known[] = {
    { words::gpt2, findAll<gpt2Word> },
    { words::llama3, findAll<newerWord<3>> },
    { words::qwen2, findAll<newerWord<1>> },
};

} // namespace

void findGpt2Words(std::u32string_view text, std::vector<Span>& found)
{
    findAll<gpt2Word>(text, found);
}

FindWords wordFinder(std::string_view expression)
{
    for (const auto& [pattern, find] : known)
        if (pattern == expression)
            return find;
    return nullptr;
}

} // namespace headlight
