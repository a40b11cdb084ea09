#pragma once
// Copies of the weights that are used again and again, as the kernels like them best. They are a second copy
// in memory, so only f32 weights have them (stored types are smaller and are expanded in the cache), and not
// more than a part of the machine's memory.

#include "core/tensor/matmul.h"

namespace headlight {

/// The panels of a weight (packed()), or the empty tensor: for its first uses (a training step never comes to
/// more), for a small one, without room, and without vectors. They are made little by little, so that no pass
/// waits long for them, and go when the weight has gone and others need their room.
Tensor panelsOf(const Tensor& weight, Transpose transpose);

/// An f32 weight rounded to BF16, on the same terms: for products in bfloat16.
Tensor bfloatsOf(const Tensor& weight);

/// Bytes that these copies of all weights hold.
std::size_t packedBytes();

} // namespace headlight
