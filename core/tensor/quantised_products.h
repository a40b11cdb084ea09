#pragma once
// Products of a few rows with weights stored in quantised blocks: blocks are expanded a little at a time into
// the nearest cache and used there by all rows, so that the speed is that of the memory (one row) or of the
// multiplications (many).

#include "core/tensor/dtype.h"

namespace headlight {

/// Shapes: x [rows,inner], weight [outer,inner] in whole blocks, row after row, bias [outer] or null → y
/// [rows,outer] = x·weightᵀ + bias. Strides count numbers between the starts of two rows.
struct QuantisedProduct {
    std::int64_t rows, outer, inner;
    const float* x;
    std::int64_t xStride;
    DType type;
    const std::byte* blocks;
    const std::byte* scales; ///< of a type that stores them apart (MXFP4), one per block; else null
    const float* bias;
    float* y;
    std::int64_t yStride;
};

/// Quantised types, where the processor has vectors.
bool hasQuantisedProduct(DType type);
/// On the calling thread. An element does not depend on the other rows and columns of the product it is part
/// of.
void quantisedProduct(const QuantisedProduct& product);

} // namespace headlight
