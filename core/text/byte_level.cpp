#include "core/text/byte_level.h"

#include "core/text/pretokenizer.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

constexpr char32_t firstSubstitute = 0x100;

/// Bytes that are printable characters of Latin-1 stand for themselves.
constexpr bool isPrintable(int byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

struct Alphabet {
    std::array<char32_t, 256> characters{};
    std::array<std::int16_t, 0x180> bytes{}; ///< by character; -1 for none
};

constexpr Alphabet makeAlphabet()
{
    Alphabet alphabet;
    for (auto& byte : alphabet.bytes)
        byte = -1;
    char32_t next = firstSubstitute;
    for (int byte = 0; byte < 256; ++byte) {
        const char32_t c = isPrintable(byte) ? char32_t(byte) : next++;
        alphabet.characters[std::size_t(byte)] = c;
        alphabet.bytes[c] = std::int16_t(byte);
    }
    return alphabet;
}

constexpr Alphabet alphabet = makeAlphabet();

void appendBytesOf(char32_t c, std::vector<CharacterChange>& changes)
{
    std::string bytes;
    appendUtf8(bytes, c);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        changes.push_back({ characterOfByte(std::uint8_t(bytes[i])), i == 0 ? 0 : 1 });
}

bool isAscii(const std::u32string& text)
{
    return std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x80; });
}

} // namespace

char32_t characterOfByte(std::uint8_t byte)
{
    return alphabet.characters[byte];
}

std::optional<std::uint8_t> byteOfCharacter(char32_t c)
{
    if (c >= alphabet.bytes.size() || alphabet.bytes[c] < 0)
        return std::nullopt;
    return std::uint8_t(alphabet.bytes[c]);
}

void toByteLevel(NormalizedString& text)
{
    if (isAscii(text.text())) {
        text.map([](char32_t c) { return characterOfByte(std::uint8_t(c)); });
        return;
    }
    std::vector<CharacterChange> changes;
    changes.reserve(text.size() * 2);
    for (const char32_t c : text.text())
        appendBytesOf(c, changes);
    text.transform(changes);
}

void toByteLevel(PreTokenized& text)
{
    const bool anyAdded =
        std::any_of(text.pieces.begin(), text.pieces.end(), [](const Piece& p) { return p.isAdded(); });
    const std::u32string& all = text.text.text();
    if (!anyAdded && isAscii(all)) {
        toByteLevel(text.text);
        return;
    }
    std::vector<bool> kept(all.size());
    for (const Piece& piece : text.pieces)
        if (piece.isAdded())
            std::fill(
                kept.begin() + std::ptrdiff_t(piece.begin), kept.begin() + std::ptrdiff_t(piece.end), true);
    std::vector<CharacterChange> changes;
    std::vector<std::size_t> moved; // where each old position is now
    changes.reserve(all.size() * 2);
    moved.reserve(all.size() + 1);
    for (std::size_t i = 0; i < all.size(); ++i) {
        moved.push_back(changes.size());
        if (kept[i])
            changes.push_back({ all[i], 0 });
        else
            appendBytesOf(all[i], changes);
    }
    moved.push_back(changes.size());
    text.text.transform(changes);
    for (Piece& piece : text.pieces) {
        piece.begin = moved[piece.begin];
        piece.end = moved[piece.end];
    }
}

std::string fromByteLevel(std::string_view token)
{
    std::string bytes;
    for (const char32_t c : decodeUtf8(token)) {
        const auto byte = byteOfCharacter(c);
        if (!byte)
            return std::string(token);
        bytes.push_back(char(*byte));
    }
    return bytes;
}

} // namespace headlight
