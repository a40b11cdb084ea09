#pragma once
// Products of a few rows with a weight that is stored row by row: both operands run along the inner axis, so
// nothing is packed and the weight is read once, at the speed of the memory. The kernel is compiled per
// instruction set.

#include "core/tensor/dtype.h"

namespace headlight {

/// Shapes: x [rows,inner], weight [outer,inner], bias [outer] or null → y [rows,outer] = x·weightᵀ + bias.
/// Strides count numbers between the starts of two rows. The weight may lie at any address.
struct RowProduct {
    std::int64_t rows, outer, inner;
    const float* x;
    std::int64_t xStride;
    const std::byte* weight;
    DType type; ///< F32, F16 or BF16
    std::int64_t weightStride;
    const float* bias;
    float* y;
    std::int64_t yStride;
};

/// Whether rowProduct takes weights of this type on this processor.
bool hasRowProduct(DType type);
/// On the calling thread. An element does not depend on the other rows and columns of the product it is part
/// of.
void rowProduct(const RowProduct& product);

/// Rounds to bfloat16, ties to even, as floatToBfloat does.
void roundToBfloats(const float* source, std::int64_t count, std::uint16_t* target);

} // namespace headlight
