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
/// Same shapes → same shape.
Var add(const Var& a, const Var& b);
Var scale(const Var& x, float factor);
Var activate(Activation kind, const Var& x);
/// Shapes: x [...,E], weight [E], bias [E]. Source: Ba et al. 2016.
Var layerNorm(const Var& x, const Var& weight, const Var& bias, float epsilon);
/// Shapes: table [V,E] in any stored type, ids N numbers in [0,V) → [N,E].
Var embedding(const Var& table, std::span<const std::int64_t> ids);
/// Shapes: x [T,E], rows N indices → [N,E].
Var gatherRows(const Var& x, std::span<const std::int64_t> rows);
/// Shapes: parts [Tᵢ,E] → [ΣTᵢ,E].
Var concatenateRows(std::span<const Var> parts);
Var reshape(const Var& x, const Shape& shape);
/// Zeroes each number with `probability` and scales the rest by 1/(1-probability). Source: Srivastava et al. 2014.
Var dropout(const Var& x, float probability, std::mt19937_64& random);

/// Mean over rows of -log softmax(logits)[target]. Shapes: logits [N,C], targets N → [1].
/// `smoothing` spreads that much of the target's mass over all classes (Szegedy et al. 2016, §7).
Var crossEntropy(const Var& logits, std::span<const std::int64_t> targets, float smoothing = 0.0f);

/// [1]; used to weigh losses and in gradient checks: Σ x∘weights.
Var weightedSum(const Var& x, const Tensor& weights);

} // namespace headlight
