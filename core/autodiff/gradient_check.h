#pragma once
// Derivatives by finite differences, to hold every operation's backward step against.

#include "core/autodiff/tape.h"

namespace headlight {

struct GradientCheck {
    double error = 0.0; ///< largest |analytic − numeric|, relative to the largest derivative where that exceeds 1
    std::size_t input = 0; ///< where it is
    std::int64_t index = 0;
    double analytic = 0.0, numeric = 0.0;
};

/// Compares d Σ w∘f(inputs) / d inputs, with fixed uneven w, by backward and by a central difference of fourth order.
/// `function` builds f from Vars on one tape; it must be smooth near the inputs. All inputs are f32.
GradientCheck checkGradients(
    std::span<const Tensor> inputs, const std::function<Var(std::span<const Var>)>& function, double step = 1e-2);

} // namespace headlight
