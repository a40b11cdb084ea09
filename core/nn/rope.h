#pragma once
// Rotary positions: how fast each pair of numbers turns, and the angles of given positions. Source: Su et al. 2021.

#include "core/autodiff/operations.h"

namespace headlight {

struct Rope {
    std::vector<double> frequencies; ///< one per pair, radians per position
    RotaryPairs pairs = RotaryPairs::Halves;
    float magnitude = 1.0f; ///< factor of cosines and sines (YaRN, LongRoPE)

    /// Turns the first `rotary` numbers of a head: base^(-2i/rotary).
    static Rope plain(std::int64_t rotary, double base, RotaryPairs pairs = RotaryPairs::Halves);
    /// Positions divided by `factor`. Source: Chen et al. 2023 (position interpolation).
    Rope interpolated(double factor) const;
    /// Slow pairs interpolated, fast ones kept, a ramp between; what Llama 3.1 does.
    struct Llama3 {
        double factor, lowFactor, highFactor, originalPositions;
    };
    Rope llama3(const Llama3& scaling) const;

    /// Shapes: positions of ΣT rows → cosines, sines [ΣT, pairs].
    RotaryAngles angles(std::span<const std::int64_t> positions) const;
};

} // namespace headlight
