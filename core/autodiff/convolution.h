#pragma once
// The differentiable operations in front of models of sound: convolution over time, group norm, weight norm.
// Rows are moments, columns are channels.

#include "core/autodiff/tape.h"

namespace headlight {

/// How a kernel moves over the rows.
struct ConvolutionSteps {
    std::int64_t stride = 1;
    std::int64_t padding = 0; ///< rows of zeros in front and behind
    std::int64_t groups = 1; ///< channels of one group see each other only
};

/// Rows a convolution gives; 0 when the kernel does not fit.
std::int64_t convolvedRows(std::int64_t rows, std::int64_t kernel, const ConvolutionSteps& steps);

/// Shapes: x [T,C], weight [N,C/G,K], bias [N] or empty → [convolvedRows,N].
/// y[t,n] = bias[n] + Σ weight[n,c,k] · x[t·stride + k - padding, c], c in n's group.
/// Errors: HEADLIGHT_CHECK on shapes that do not fit, and when no row would be left.
Var convolve(const Var& x, const Var& weight, const Var& bias, const ConvolutionSteps& steps);

/// Each group of columns to mean 0 and variance 1 over all rows, then scaled and shifted by column.
/// Shapes: x [T,C], weight, bias [C] → [T,C]; groups divides C. Source: Wu and He 2018.
Var groupNorm(const Var& x, const Var& weight, const Var& bias, std::int64_t groups, float epsilon);

/// Length and direction of a kernel learned apart: direction · length / ‖direction‖, the norm taken for each
/// k. Shapes: direction [N,C,K], length [1,1,K] → [N,C,K]. Source: Salimans and Kingma 2016.
Var weightNorm(const Var& direction, const Var& length);

} // namespace headlight
