#pragma once
// Stored numbers to f32. Of the quantised types of GGUF, numbers in blocks that share a scale, the layouts
// are those that ggml published; the numbers that come out equal those of its own expansion to the last bit.

#include "core/tensor/dtype.h"

namespace headlight {

/// Expands `count` numbers, whole blocks of a quantised type.
void expandQuantised(DType type, const std::byte* source, std::int64_t count, float* target);
/// MXFP4 with its exponents apart, one per 32 numbers: number 2i of a block lies in the lower half of byte i, number
/// 2i+1 in the upper one; each is multiplied with 2^(exponent − 127).
void expandScaledBlocks(const std::byte* blocks, const std::byte* exponents, std::int64_t count, float* target);
/// F16 and BF16. The bytes need not be aligned.
void expandHalves(const std::byte* source, std::int64_t count, float* target);
void expandBfloats(const std::byte* source, std::int64_t count, float* target);

} // namespace headlight
