#pragma once
// The one seam through which every matrix product goes. Behind it stands oneDNN, which picks its kernels for the
// processor at run time; another library is another matmul.cpp.

#include "core/tensor/tensor.h"

namespace headlight {

enum class Transpose { No, Yes };

/// A row-major matrix inside a larger buffer; `stride` numbers lie between the starts of two rows.
struct MatrixView {
    const float* data;
    std::int64_t stride;
    Transpose transpose = Transpose::No;
};

/// result [m,n] = alpha · a [m,k] · b [k,n] + beta · result, on the calling thread only.
/// `a` and `b` are given as stored; a transposed operand is read as its transpose.
struct Product {
    std::int64_t m, n, k;
    float alpha = 1.0f, beta = 0.0f;
};
void multiply(const Product& product, const MatrixView& a, const MatrixView& b, float* result, std::int64_t resultStride);

/// The same, with rows of the result spread over the threads.
void multiplyParallel(
    const Product& product, const MatrixView& a, const MatrixView& b, float* result, std::int64_t resultStride);

/// Shapes: x [..., K], weight [N,K] in any stored type, bias [N] or empty → [..., N].
/// x · weightᵀ + bias. A stored type other than f32 is expanded in parts that stay in the cache.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias);
/// Shapes: x [T,K], weight [K,N] in any stored type, bias [N] or empty → [T,N]. x · weight + bias, expanded likewise.
Tensor linearTransposed(const Tensor& x, const Tensor& weight, const Tensor& bias);

} // namespace headlight
