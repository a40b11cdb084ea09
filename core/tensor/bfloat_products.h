#pragma once
// Products of bfloat16 numbers with sums in f32, through oneDNN's matrix primitive.

#include "core/tensor/matmul.h"

namespace headlight {

/// Shapes: x [rows,inner], weight [inner,outer] as stored, or [outer,inner] when it is to be transposed → y
/// [rows,outer]. x and weight are contiguous; rows of y begin `yStride` numbers apart. On the calling thread.
struct BfloatProduct {
    std::int64_t rows, outer, inner;
    const std::uint16_t* x;
    const std::uint16_t* weight;
    Transpose transpose;
    float* y;
    std::int64_t yStride;
};
void bfloatProduct(const BfloatProduct& product);

} // namespace headlight
