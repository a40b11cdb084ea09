#pragma once
// Rotary positions: how fast each pair of numbers turns, and the angles of given positions. Source: Su et al. 2021.

#include "core/autodiff/operations.h"

#include <functional>

namespace headlight {

struct Rope {
    std::vector<double> frequencies; ///< one per pair, radians per position
    RotaryPairs pairs = RotaryPairs::Halves;
    float magnitude = 1.0f; ///< factor of cosines and sines (YaRN, LongRoPE)

    /// Turns the first `rotary` numbers of a head: base^(-2i/rotary). An odd count takes the next number along.
    static Rope plain(std::int64_t rotary, double base, RotaryPairs pairs = RotaryPairs::Halves);
    /// Positions divided by `factor`. Source: Chen et al. 2023 (position interpolation).
    Rope interpolated(double factor) const;
    /// Slow pairs interpolated, fast ones kept, a ramp between; what Llama 3.1 does.
    struct Llama3 {
        double factor, lowFactor, highFactor, originalPositions;
    };
    Rope llama3(const Llama3& scaling) const;
    /// The same ramp over the number of whole turns, between `slow` and `fast` of them, over pairs instead of
    /// wavelengths. Source: Peng et al. 2023 (YaRN), §3.2.
    struct Yarn {
        double base, factor, originalPositions;
        double fast = 32.0, slow = 1.0;
        bool wholePairs = true; ///< the ramp begins and ends at whole pairs
    };
    Rope yarn(const Yarn& scaling) const;
    /// The first `share` of a head's pairs turn, as fast as if all did; the others stand still (Gemma 4).
    static Rope proportional(std::int64_t headSize, double base, double share);
    /// Each pair by a factor of its own. Source: Ding et al. 2024 (LongRoPE).
    Rope divided(std::span<const double> factors) const;

    /// Shapes: positions of ΣT rows → cosines, sines [ΣT, pairs].
    RotaryAngles angles(std::span<const std::int64_t> positions) const;
    /// A position per row and pair: places in time and in a picture side by side. Shapes: → cosines, sines [rows, pairs].
    RotaryAngles angles(std::int64_t rows, const std::function<std::int64_t(std::int64_t row, std::int64_t pair)>& position) const;
};

/// Rows that turn by any angle, in radians: for places in a picture. Shapes: → cosines, sines [rows, pairs].
RotaryAngles turnedBy(
    std::int64_t rows, std::int64_t pairs, const std::function<float(std::int64_t row, std::int64_t pair)>& angle);

/// The rotary positions of a model: how it turns a text, and a text that is longer than it was trained on.
struct RotaryPositions {
    Rope usual;
    std::int64_t limit = 0; ///< longer texts turn by `longer`; 0: never
    std::function<Rope(std::int64_t length)> longer = {};
    bool rereads = false; ///< a text that grows past the limit is read anew, since all of it turns otherwise (LongRoPE)
    /// Queries are multiplied by 1 + growth·ln(1 + ⌊position / growthEvery⌋). Source: Meta 2025 (Llama 4).
    double growth = 0.0, growthEvery = 1.0;

    /// Shapes: positions of ΣT rows → cosines, sines [ΣT, pairs]. The furthest position decides for all.
    RotaryAngles angles(std::span<const std::int64_t> positions) const;
};

} // namespace headlight
