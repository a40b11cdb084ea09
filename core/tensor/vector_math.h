#pragma once
// exp, erf and tanh written so that the compiler turns a loop over them into vector instructions: no branch, no call,
// no table. Accuracy is that of f32 itself (checked against the C library in tst_kernels).

#include <bit>
#include <cmath>
#include <cstdint>

/// Compiles a function once per instruction set and picks at program start; off under the sanitizers, which start
/// later than the picking does.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define HEADLIGHT_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HEADLIGHT_VECTORISED
#endif
#define HEADLIGHT_INLINE inline __attribute__((always_inline))

namespace headlight::vec {

/// e^x, relative error below 2e-7; 0 below -87.3, saturating above 88.
HEADLIGHT_INLINE float exp(float x)
{
    constexpr float log2e = 1.44269504f, ln2High = 0.693359375f, ln2Low = -2.12194440e-4f;
    const float clamped = x < -87.3f ? -87.3f : (x > 88.0f ? 88.0f : x);
    // Adding and taking away 1.5·2^23 rounds to the nearest integer.
    const float shifted = clamped * log2e + 12582912.0f;
    const float n = shifted - 12582912.0f;
    const float r = (clamped - n * ln2High) - n * ln2Low;
    float p = 1.0f / 5040.0f;
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const float power = std::bit_cast<float>((std::int32_t(n) + 127) << 23);
    return x < -87.3f ? 0.0f : p * power;
}

/// Natural logarithm of a normal number, relative error below 3e-7 (absolute near 1): 2·artanh((m-1)/(m+1)) of the
/// mantissa m in [√½, √2], as a series in which the next term is below 1e-9.
HEADLIGHT_INLINE float log(float x)
{
    const std::int32_t bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t exponent = (bits - 0x3f3504f3) >> 23; // 0x3f3504f3 is √½
    const float m = std::bit_cast<float>(bits - exponent * (1 << 23));
    const float t = (m - 1.0f) / (m + 1.0f), t2 = t * t;
    float p = 2.0f / 9.0f;
    p = p * t2 + 2.0f / 7.0f;
    p = p * t2 + 2.0f / 5.0f;
    p = p * t2 + 2.0f / 3.0f;
    p = p * t2 + 2.0f;
    return p * t + float(exponent) * 0.693147181f;
}

/// Complementary error function for x ≥ 0, absolute error below 5e-7: t·P(t)·e^(-x²) with t = 1/(1+0.35x), P fitted by
/// weighted least squares on Chebyshev nodes; what is left is rounding.
HEADLIGHT_INLINE float erfcPositive(float x)
{
    const float t = 1.0f / (1.0f + 0.35f * x);
    float p = 0.0714424867f;
    p = p * t + -0.418627742f;
    p = p * t + 0.858015579f;
    p = p * t + -0.72172107f;
    p = p * t + 0.611992835f;
    p = p * t + -0.0125764273f;
    p = p * t + 0.218927399f;
    p = p * t + 0.195209807f;
    p = p * t + 0.197337133f;
    return p * t * exp(-x * x);
}

/// Φ(x), the normal distribution's cumulative function: ½·erfc(-x/√2). Absolute error below 3e-7.
HEADLIGHT_INLINE float normalCdf(float x)
{
    const float tail = 0.5f * erfcPositive(std::fabs(x) * 0.707106781f);
    return x < 0.0f ? tail : 1.0f - tail;
}

/// Absolute error below 2e-7, relative below 4e-6.
HEADLIGHT_INLINE float tanh(float x)
{
    const float a = std::fabs(x);
    const float small = a - a * a * a * (1.0f / 3.0f); // where 1 - e^(-2a) would lose digits
    const float e = exp(-2.0f * a);
    const float magnitude = a < 0.02f ? small : (1.0f - e) / (1.0f + e);
    return x < 0.0f ? -magnitude : magnitude;
}

} // namespace headlight::vec
