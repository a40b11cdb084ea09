#include "core/engine/character_parts.h"

#include "core/text/byte_level.h"

#include <charconv>

namespace headlight {
namespace {

/// No character reaches over more tokens: four bytes, and what stands beside them.
constexpr std::size_t longestRun = 8;

/// How many bytes the UTF-8 character has that begins with this one; 0 for a byte that begins none.
std::size_t sequenceLength(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

bool continuesCharacter(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

enum class Text { Whole, Cut, Broken };

/// Whether bytes are whole characters, end within one, or are no UTF-8 at all.
Text stateOf(std::string_view bytes)
{
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = sequenceLength(static_cast<unsigned char>(bytes[i]));
        if (length == 0)
            return Text::Broken;
        for (std::size_t k = 1; k < length; ++k) {
            if (i + k == bytes.size())
                return Text::Cut;
            if (!continuesCharacter(bytes[i + k]))
                return Text::Broken;
        }
        i += length;
    }
    return Text::Whole;
}

std::string hexadecimal(std::string_view bytes)
{
    std::string text;
    for (const char byte : bytes)
        text += fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte));
    return text;
}

std::string digits(std::size_t number, std::span<const std::string_view> ten)
{
    std::string text;
    for (const char digit : std::to_string(number))
        text += ten[std::size_t(digit - '0')];
    return text;
}

/// "¹⁄₃"
std::string fraction(std::size_t part, std::size_t parts)
{
    static constexpr std::string_view above[]{ "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };
    static constexpr std::string_view below[]{ "₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉" };
    return digits(part, above) + "⁄" + digits(parts, below);
}

/// Tokens [first, last) whose bytes together are whole characters.
class CharacterRun {
public:
    CharacterRun(const TokenBytes& bytes, std::size_t first, std::size_t last)
    {
        for (std::size_t i = first; i < last; ++i) {
            m_begins.push_back(m_text.size());
            m_text += bytes[i];
        }
        m_begins.push_back(m_text.size());
    }
    void name(TokenInfo& token, std::size_t index) const
    {
        token.label.clear();
        token.inWord.emplace();
        for (std::size_t at = 0; at < m_text.size();) {
            const std::size_t end = at + sequenceLength(static_cast<unsigned char>(m_text[at]));
            if (at < m_begins[index + 1] && end > m_begins[index])
                add(token, index, at, end);
            at = end;
        }
        for (std::string* text : { &token.label, &*token.inWord })
            if (text->starts_with(' ') && text->size() > 1)
                text->erase(0, 1);
        if (*token.inWord == " ")
            token.inWord->clear();
    }

private:
    /// Characters that cannot be seen by themselves, by their names.
    static std::string visible(const std::string& character)
    {
        return character == "\u200D" ? "ZWJ"
            : character == "\u200C"  ? "ZWNJ"
            : character == "\uFE0F"  ? "VS16"
                                     : character;
    }
    /// The character at [at, end), which the token touches.
    void add(TokenInfo& token, std::size_t index, std::size_t at, std::size_t end) const
    {
        const std::string character = m_text.substr(at, end - at);
        const bool whole = at >= m_begins[index] && end <= m_begins[index + 1];
        token.label += whole ? character : visible(character);
        if (at >= m_begins[index])
            *token.inWord += character;
        if (whole)
            return;
        std::size_t part = 0, parts = 0;
        for (std::size_t i = 0; i + 1 < m_begins.size(); ++i)
            if (at < m_begins[i + 1] && end > m_begins[i]) {
                ++parts;
                part = i <= index ? parts : part;
            }
        token.label += fraction(part, parts);
    }

    std::string m_text;
    std::vector<std::size_t> m_begins; ///< of each token in the text, and the end
};

/// One past the last token of the characters that begin in `first`; `first` where they never end.
std::size_t endOfRun(const TokenBytes& bytes, std::size_t first)
{
    std::string text;
    for (std::size_t i = first; i < std::min(bytes.size(), first + longestRun) && !bytes[i].empty(); ++i) {
        text += bytes[i];
        const Text state = stateOf(text);
        if (state == Text::Whole)
            return i + 1;
        if (state == Text::Broken)
            break;
    }
    return first;
}

std::optional<char> byteOfPiece(std::string_view piece)
{
    unsigned value = 0;
    if (piece.size() != 6 || !piece.starts_with("<0x") || piece.back() != '>')
        return std::nullopt;
    const auto [end, error] = std::from_chars(piece.data() + 3, piece.data() + 5, value, 16);
    return error == std::errc() && end == piece.data() + 5 ? std::optional(static_cast<char>(value))
                                                           : std::nullopt;
}

} // namespace

TokenBytes bytesOfTokens(std::span<const TokenInfo> tokens, const Tokenizer& tokenizer)
{
    constexpr std::string_view space = "\u0120", metaSpace = "\u2581", wordEnd = "</w>";
    const bool closes = tokenizer.id("a</w>").has_value();
    // A vocabulary of SentencePiece may have the byte alphabet's letters too, as what they are.
    const bool metaspace = tokenizer.id(metaSpace) || tokenizer.id(std::string(metaSpace) + "a");
    const bool byteLevel =
        !metaspace && (closes || tokenizer.id(space) || tokenizer.id(std::string(space) + "a"));
    TokenBytes bytes;
    for (const TokenInfo& token : tokens) {
        std::string_view piece = token.piece;
        if (closes && piece.ends_with(wordEnd))
            piece.remove_suffix(wordEnd.size());
        const auto byte = byteOfPiece(piece);
        if (token.special)
            bytes.emplace_back();
        else if (byteLevel)
            bytes.push_back(fromByteLevel(piece));
        else
            bytes.push_back(byte ? std::string(1, *byte) : std::string(piece));
    }
    return bytes;
}

void nameCharacterParts(std::vector<TokenInfo>& tokens, const TokenBytes& bytes)
{
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (bytes[i].empty() || stateOf(bytes[i]) == Text::Whole)
            continue;
        const std::size_t end = endOfRun(bytes, i);
        if (end == i) {
            tokens[i].label = hexadecimal(bytes[i]);
            continue;
        }
        const CharacterRun characters(bytes, i, end);
        for (std::size_t k = i; k < end; ++k)
            characters.name(tokens[k], k - i);
        i = end - 1;
    }
}

} // namespace headlight
