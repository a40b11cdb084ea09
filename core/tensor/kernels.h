#pragma once
// Element- and row-wise kernels on plain memory, with their derivatives beside them. They run on the calling thread, in
// vectors as wide as the processor has them (simd/); the operations in core/autodiff spread them over the threads.

#include <cstdint>
#include <string_view>

namespace headlight::kernels {

/// Softmax of one row in place; masked entries (-infinity) become exactly 0, a row of them only stays all 0. A NaN or
/// +infinity anywhere makes NaN, so that a broken pass cannot pass for a masked row.
/// Returns the log of the sum of exponentials (before normalising). Source: Bridle 1990.
float softmaxRow(float* row, std::int64_t count);
/// dx = w ∘ (dw - Σ w∘dw), the derivative of softmax with output w. dx may be dw.
void softmaxRowBackward(const float* w, const float* dw, float* dx, std::int64_t count);

/// Shapes: x [E], weight, bias [E] → y [E] = (x-mean)/√(var+eps)·weight + bias. Source: Ba et al. 2016.
struct LayerNormRow {
    float mean, inverseDeviation;
};
LayerNormRow layerNormRow(const float* x, const float* weight, const float* bias, float* y, std::int64_t count, float epsilon);
/// dx of one row; adds the row's share to dWeight and dBias unless they are null.
struct LayerNormGradients {
    float* dx;
    float* dWeight;
    float* dBias;
};
void layerNormRowBackward(const float* x, const float* weight, const float* dy, LayerNormRow row,
    const LayerNormGradients& out, std::int64_t count);

enum class Activation { Gelu, GeluTanh, QuickGelu, Relu, Silu, Tanh, Sigmoid, Identity };
/// y = f(x); x and y may be the same memory.
void activate(Activation kind, const float* x, float* y, std::int64_t count);
/// dx = f'(x)·dy
void activateBackward(Activation kind, const float* x, const float* dy, float* dx, std::int64_t count);

/// Functions that others are made of. Log is right for normal numbers, ErfcPositive for x ≥ 0.
enum class Function { Exp, Log, ErfcPositive, NormalCdf };
/// y = f(x); x and y may be the same memory.
void evaluate(Function function, const float* x, float* y, std::int64_t count);

/// y += a·x
void accumulate(float a, const float* x, float* y, std::int64_t count);
/// y = a·x; x and y may be the same memory.
void scale(float a, const float* x, float* y, std::int64_t count);
/// Σ x∘y
float dot(const float* x, const float* y, std::int64_t count);
/// Σ x²
float sumOfSquares(const float* x, std::int64_t count);
/// z = x + y
void add(const float* x, const float* y, float* z, std::int64_t count);
/// z = x ∘ y
void multiply(const float* x, const float* y, float* z, std::int64_t count);
/// Sum over rows: y [E] += Σ x [rows,E]
void addRows(const float* x, float* y, std::int64_t rows, std::int64_t columns);

} // namespace headlight::kernels
