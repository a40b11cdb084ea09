#pragma once
// Random numbers that belong to a place (seed, step, example) instead of a stream: nothing to save in a checkpoint, and
// the same numbers whatever the number of threads.

#include <cstdint>
#include <random>
#include <string_view>

namespace headlight {

/// A well-mixed hash of its arguments. Source: the finaliser of SplitMix64, Steele et al. 2014.
std::uint64_t mixSeeds(std::uint64_t a, std::uint64_t b, std::uint64_t c = 0);

/// FNV-1a with mixing: the same for a text on every machine.
std::uint64_t hashText(std::string_view text);

/// Draws that, unlike those of the standard library's distributions, are the same everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed)
        : m_engine(seed)
    {
    }
    /// In [0,1).
    double uniform() { return double(m_engine() >> 11) * 0x1p-53; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    /// In [0,count).
    std::int64_t below(std::int64_t count) { return std::int64_t(uniform() * double(count)); }
    std::uint64_t bits() { return m_engine(); }

private:
    std::mt19937_64 m_engine;
};

/// A permutation of [0,count) that needs no memory: a Feistel network over the next power of four, walked until it
/// falls inside. Source: Black & Rogaway 2002, cycle walking.
class Shuffle {
public:
    Shuffle(std::int64_t count, std::uint64_t seed);
    std::int64_t operator()(std::int64_t index) const;

private:
    std::uint64_t round(std::uint64_t value) const;

    std::int64_t m_count;
    int m_halfBits = 1;
    std::uint64_t m_seed;
};

/// The example at position `position` of an endless run through `count` examples, shuffled anew in every round.
std::int64_t shuffledExample(std::int64_t position, std::int64_t count, std::uint64_t seed);

} // namespace headlight
