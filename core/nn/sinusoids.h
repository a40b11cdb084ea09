#pragma once
// Positions as waves of falling frequency, sines in the first half of a vector and cosines in the second. They are
// computed, not learned. Source: Vaswani et al. 2017, §3.5.

#include "core/tensor/tensor.h"

namespace headlight {

/// Frequency 10000^(-2i/E), as Marian has it; an odd width has one sine more. Shapes: positions T → [T,E].
Tensor marianSinusoids(std::span<const std::int64_t> positions, std::int64_t width);

/// Frequency 10000^(-i/(E/2 - 1)), as fairseq's models have it (M2M100, TrOCR); an odd width ends with zeros, and rows
/// at `padding` are all zeros. Shapes: positions T → [T,E], E ≥ 4.
Tensor fairseqSinusoids(std::span<const std::int64_t> positions, std::int64_t width, std::int64_t padding);

} // namespace headlight
