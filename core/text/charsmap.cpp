#include "core/text/charsmap.h"

namespace headlight {
namespace {

bool hasLeaf(std::uint32_t unit)
{
    return (unit >> 8 & 1) != 0;
}

std::uint32_t value(std::uint32_t leaf)
{
    return leaf & 0x7fffffffu;
}

std::uint32_t label(std::uint32_t unit)
{
    return unit & 0x800000ffu;
}

std::uint32_t offset(std::uint32_t unit)
{
    return (unit >> 10) << ((unit & 0x200u) >> 6);
}

/// The bytes of a code point in UTF-8; returns how many.
int bytesOf(char32_t c, std::array<std::uint8_t, 4>& bytes)
{
    const auto trail = [c](int shift) { return std::uint8_t(0x80 | (c >> shift & 0x3f)); };
    if (c < 0x80)
        bytes = { std::uint8_t(c) };
    else if (c < 0x800)
        bytes = { std::uint8_t(0xc0 | c >> 6), trail(0) };
    else if (c < 0x10000)
        bytes = { std::uint8_t(0xe0 | c >> 12), trail(6), trail(0) };
    else
        bytes = { std::uint8_t(0xf0 | c >> 18), trail(12), trail(6), trail(0) };
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

} // namespace

Expected<Charsmap> Charsmap::read(std::string blob, std::string_view where)
{
    Charsmap map;
    if (blob.empty())
        return map;
    const auto broken = [&](std::string_view what) {
        return Error{ ErrorKind::BadFile, fmt::format("{}: the compiled character map {}.", where, what) };
    };
    std::uint32_t bytes = 0;
    if (blob.size() < sizeof bytes)
        return broken("is cut off");
    std::memcpy(&bytes, blob.data(), sizeof bytes);
    if (bytes % 4 != 0 || bytes == 0 || bytes > blob.size() - sizeof bytes)
        return broken(
            fmt::format("says its trie has {} bytes, but {} follow", bytes, blob.size() - sizeof bytes));
    map.m_units.resize(bytes / 4);
    std::memcpy(map.m_units.data(), blob.data() + sizeof bytes, bytes);
    map.m_texts = blob.substr(sizeof bytes + bytes);
    return map;
}

std::optional<Charsmap::Match> Charsmap::longest(std::u32string_view text) const
{
    return find(text, Wanted::Longest);
}

std::optional<Charsmap::Match> Charsmap::shortest(std::u32string_view text) const
{
    return find(text, Wanted::Shortest);
}

std::optional<Charsmap::Match> Charsmap::find(std::u32string_view text, Wanted wanted) const
{
    std::optional<Match> found;
    if (m_units.empty())
        return found;
    std::uint32_t node = offset(m_units[0]);
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int count = bytesOf(text[i], bytes);
        std::uint32_t unit = 0;
        for (int k = 0; k < count; ++k) {
            node ^= bytes[std::size_t(k)];
            if (node >= m_units.size() || label(unit = m_units[node]) != bytes[std::size_t(k)])
                return found;
            node ^= offset(unit);
        }
        if (hasLeaf(unit) && node < m_units.size()) {
            found = Match{ i + 1, replacement(value(m_units[node])) };
            if (wanted == Wanted::Shortest)
                return found;
        }
    }
    return found;
}

std::string_view Charsmap::replacement(std::size_t begin) const
{
    const std::string_view texts = m_texts;
    const std::string_view rest = texts.substr(std::min(begin, texts.size()));
    return rest.substr(0, rest.find('\0'));
}

} // namespace headlight
