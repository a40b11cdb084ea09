#pragma once
// The step of AdamW on plain memory, on the calling thread.

#include <cstdint>

namespace headlight {

struct AdamWFactors {
    float beta1, beta2, epsilon;
    float correction1, correction2; ///< 1/(1 − βᵗ)
    float rate;
};

/// Moves both moments and the parameters p by the gradient g. Shapes: all [count].
void updateAdamW(
    const AdamWFactors& factors, float* p, const float* g, float* first, float* second, std::int64_t count);

} // namespace headlight
