#include "core/train/random.h"

namespace headlight {
namespace {

std::uint64_t finalise(std::uint64_t x)
{
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

} // namespace

std::uint64_t mixSeeds(std::uint64_t a, std::uint64_t b, std::uint64_t c)
{
    return finalise(finalise(finalise(a) ^ b) ^ c);
}

std::uint64_t hashText(std::string_view text)
{
    std::uint64_t hash = 1469598103934665603ull;
    for (const char c : text)
        hash = (hash ^ std::uint8_t(c)) * 1099511628211ull;
    return finalise(hash);
}

Shuffle::Shuffle(std::int64_t count, std::uint64_t seed)
    : m_count(count)
    , m_seed(seed)
{
    while ((std::int64_t(1) << (2 * m_halfBits)) < count)
        ++m_halfBits;
}

std::uint64_t Shuffle::round(std::uint64_t value) const
{
    const std::uint64_t mask = (std::uint64_t(1) << m_halfBits) - 1;
    std::uint64_t left = value >> m_halfBits, right = value & mask;
    for (std::uint64_t i = 0; i < 4; ++i) {
        const std::uint64_t next = left ^ (mixSeeds(m_seed, i, right) & mask);
        left = right;
        right = next;
    }
    return left << m_halfBits | right;
}

std::int64_t Shuffle::operator()(std::int64_t index) const
{
    std::uint64_t value = round(std::uint64_t(index));
    while (value >= std::uint64_t(m_count))
        value = round(value);
    return std::int64_t(value);
}

std::int64_t shuffledExample(std::int64_t position, std::int64_t count, std::uint64_t seed)
{
    return Shuffle(count, mixSeeds(seed, std::uint64_t(position / count)))(position % count);
}

} // namespace headlight
