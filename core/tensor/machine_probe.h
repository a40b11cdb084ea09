#pragma once
// What one core of this machine can do at most: the limit that measured speeds are held against.

#include <cstdint>
#include <span>

namespace headlight {

/// Multiplies and adds in registers, in the widest vectors there are; `rounds` times. Returns the number of
/// floating-point operations; `result` takes what came out, so that no compiler leaves the work away.
double probeArithmetic(std::int64_t rounds, float& result);

/// Reads all of it once.
float probeReading(std::span<const float> numbers);

} // namespace headlight
