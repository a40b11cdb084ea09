#pragma once
// Products with a weight that was put into panels once: as many columns side by side as a core keeps sums of,
// one inner number after the other. It is read straight through, at the speed of the memory for few rows and
// of the multiplications for many. The kernel is compiled per instruction set. Source: Goto & van de Geijn
// 2008.

#include "core/tensor/matmul.h"

namespace headlight {

/// Columns of a panel on this processor; 0 when it has no vectors.
std::int64_t panelWidth();

/// Shapes: weight [outer,inner] (Transpose::Yes) or [inner,outer] (No), f32 → [panels, inner, panelWidth()],
/// zeros after the last column.
Tensor packed(const Tensor& weight, Transpose transpose);

/// Columns [first,last) of y [rows,outer] = x [rows,inner] · weight + bias [outer] or null. `first` is where
/// a panel begins. On the calling thread; throws Stopped between blocks. An element does not depend on the
/// other rows and columns.
struct PackedProduct {
    std::int64_t rows, inner, outer;
    const float* x;
    const float* panels;
    const float* bias;
    float* y;
};
void packedProduct(const PackedProduct& product, std::int64_t first, std::int64_t last);

} // namespace headlight
