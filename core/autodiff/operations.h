#pragma once
// The differentiable operations that models are made of. Rows are the leading axes flattened; every operation runs on
// all threads and gives the same numbers whatever their count.

#include "core/autodiff/tape.h"
#include "core/tensor/kernels.h"

#include <random>

namespace headlight {

using kernels::Activation;

/// Shapes: x [...,K], weight [N,K] in any stored type, bias [N] or empty → [...,N]. x · weightᵀ + bias.
Var linear(const Var& x, const Var& weight, const Var& bias);
/// Shapes: x [...,K], weight [K,N] as GPT-2 stores it, bias [N] or empty → [...,N]. x · weight + bias.
Var linearTransposed(const Var& x, const Var& weight, const Var& bias);
/// Same shapes → same shape.
Var add(const Var& a, const Var& b);
/// Element by element. Same shapes → same shape.
Var multiply(const Var& a, const Var& b);
Var scale(const Var& x, float factor);
Var activate(Activation kind, const Var& x);
/// Shapes: x [...,E], weight [E], bias [E]. Source: Ba et al. 2016.
Var layerNorm(const Var& x, const Var& weight, const Var& bias, float epsilon);
/// Shapes: x [...,E], weight [E] or empty (ones). x / √(mean x² + ε) · (weight + offset), offset 1 for Gemma.
/// Source: Zhang and Sennrich 2019.
Var rmsNorm(const Var& x, const Var& weight, float epsilon, float offset = 0.0f);
/// Shapes: x [...,E] → same, each row of length one.
Var normalizeRows(const Var& x);
/// Shapes: table [V,E] in any stored type, ids N numbers in [0,V) → [N,E].
Var embedding(const Var& table, std::span<const std::int64_t> ids);
/// Shapes: x [T,E], rows N indices → [N,E].
Var gatherRows(const Var& x, std::span<const std::int64_t> rows);
/// Shapes: parts [Tᵢ,E] → [ΣTᵢ,E].
Var concatenateRows(std::span<const Var> parts);
Var reshape(const Var& x, const Shape& shape);
/// Columns [first,last) of a matrix, several ranges side by side. Shapes: x [T,E] → [T,Σ(last-first)].
struct ColumnRange {
    std::int64_t first, last;
};
Var selectColumns(const Var& x, std::span<const ColumnRange> ranges);
/// Shapes: parts [T,Eᵢ] → [T,ΣEᵢ].
Var concatenateColumns(std::span<const Var> parts);
/// Mean of the rows of each group; `begins` holds the first row of each group and the end. Shapes: x [T,E] → [n,E].
Var meanRows(const Var& x, std::span<const std::int64_t> begins);

/// Which two numbers of a head turn together.
enum class RotaryPairs {
    Halves, ///< i and i + rotary/2 (GPT-NeoX, Llama)
    Neighbours, ///< 2i and 2i + 1 (GPT-J)
};
/// Rotary positions: the first `rotary` numbers of each head turn by the row's angles, the rest passes.
/// Shapes: x [T,H·headSize]; cosines, sines [T, rotary/2] → same as x. Source: Su et al. 2021.
struct RotaryAngles {
    Tensor cosines, sines;
    RotaryPairs pairs = RotaryPairs::Halves;
    std::vector<float> queryFactors = {}; ///< of each row, where queries grow with their place; not applied by `rotate`
};
Var rotate(const Var& x, std::int64_t headSize, const RotaryAngles& angles);
/// Zeroes each number with `probability` and scales the rest by 1/(1-probability). Source: Srivastava et al. 2014.
Var dropout(const Var& x, float probability, std::mt19937_64& random);

/// Mean over rows of -log softmax(logits)[target]. Shapes: logits [N,C], targets N → [1].
/// `smoothing` spreads that much of the target's mass over all classes (Szegedy et al. 2016, §7).
Var crossEntropy(const Var& logits, std::span<const std::int64_t> targets, float smoothing = 0.0f);

/// [1]; used to weigh losses and in gradient checks: Σ x∘weights.
Var weightedSum(const Var& x, const Tensor& weights);

} // namespace headlight
