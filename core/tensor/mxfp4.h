#pragma once
// MXFP4: numbers of four bits in blocks of 32 that share an exponent. Source: OCP Microscaling Formats v1.0,
// 2023, §5. Blocks and exponents are stored apart, as the checkpoints of gpt-oss have them.

#include <cstddef>
#include <cstdint>

namespace headlight::mxfp4 {

constexpr std::int64_t blockNumbers = 32, blockBytes = 16;

/// Expands `count` numbers, whole blocks: number 2i of a block lies in the lower half of byte i, number 2i+1
/// in the upper one; each is multiplied with 2^(exponent − 127), one exponent per block.
void expand(const std::byte* blocks, const std::byte* exponents, std::int64_t count, float* target);

} // namespace headlight::mxfp4
