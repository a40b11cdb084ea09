#include "core/tensor/kernels.h"

#include "core/tensor/vector_math.h"

namespace headlight::kernels {
namespace {

constexpr int lanes = 16;

/// Sums in a fixed number of lanes, so that the result does not depend on the instruction set's width.
struct LaneSum {
    float lane[lanes] = {};
    HEADLIGHT_INLINE float total() const
    {
        float sum = 0.0f;
        for (float value : lane)
            sum += value;
        return sum;
    }
};

HEADLIGHT_INLINE float largest(const float* row, std::int64_t count)
{
    float lane[lanes];
    std::fill(lane, lane + lanes, -std::numeric_limits<float>::infinity());
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int j = 0; j < lanes; ++j)
            lane[j] = row[i + j] > lane[j] ? row[i + j] : lane[j];
    float best = *std::max_element(lane, lane + lanes);
    for (; i < count; ++i)
        best = row[i] > best ? row[i] : best;
    return best;
}

HEADLIGHT_INLINE float sum(const float* x, std::int64_t count)
{
    LaneSum acc;
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int j = 0; j < lanes; ++j)
            acc.lane[j] += x[i + j];
    float total = acc.total();
    for (; i < count; ++i)
        total += x[i];
    return total;
}

HEADLIGHT_INLINE float dot(const float* x, const float* y, std::int64_t count)
{
    LaneSum acc;
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (int j = 0; j < lanes; ++j)
            acc.lane[j] += x[i + j] * y[i + j];
    float total = acc.total();
    for (; i < count; ++i)
        total += x[i] * y[i];
    return total;
}

HEADLIGHT_INLINE float sigmoid(float x)
{
    const float e = vec::exp(-std::fabs(x)); // never large: x·sigmoid(x) stays right for the lowest of numbers
    return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

constexpr float geluC = 0.797884561f; // √(2/π)
constexpr float geluA = 0.044715f;

template <Activation kind>
HEADLIGHT_INLINE float value(float x)
{
    if constexpr (kind == Activation::Gelu)
        return x * vec::normalCdf(x);
    else if constexpr (kind == Activation::GeluTanh)
        return 0.5f * x * (1.0f + vec::tanh(geluC * (x + geluA * x * x * x)));
    else if constexpr (kind == Activation::QuickGelu)
        return x * sigmoid(1.702f * x);
    else if constexpr (kind == Activation::Relu)
        return x > 0.0f ? x : 0.0f;
    else if constexpr (kind == Activation::Silu)
        return x * sigmoid(x);
    else if constexpr (kind == Activation::Tanh)
        return vec::tanh(x);
    else if constexpr (kind == Activation::Sigmoid)
        return sigmoid(x);
    else
        return x;
}

template <Activation kind>
HEADLIGHT_INLINE float derivative(float x)
{
    if constexpr (kind == Activation::Gelu) {
        constexpr float inverseRoot2Pi = 0.398942280f;
        return vec::normalCdf(x) + x * inverseRoot2Pi * vec::exp(-0.5f * x * x);
    } else if constexpr (kind == Activation::GeluTanh) {
        const float t = vec::tanh(geluC * (x + geluA * x * x * x));
        const float slope = 1.0f - t * t; // 0 where x² would overflow
        return 0.5f * (1.0f + t) + (slope > 0.0f ? 0.5f * x * slope * geluC * (1.0f + 3.0f * geluA * x * x) : 0.0f);
    } else if constexpr (kind == Activation::QuickGelu) {
        const float s = sigmoid(1.702f * x);
        return s + s * (1.0f - s) * 1.702f * x; // in this order 0 stays 0 for the lowest of numbers
    } else if constexpr (kind == Activation::Relu) {
        return x > 0.0f ? 1.0f : 0.0f;
    } else if constexpr (kind == Activation::Silu) {
        const float s = sigmoid(x);
        return s + x * s * (1.0f - s);
    } else if constexpr (kind == Activation::Tanh) {
        const float t = vec::tanh(x);
        return 1.0f - t * t;
    } else if constexpr (kind == Activation::Sigmoid) {
        const float s = sigmoid(x);
        return s * (1.0f - s);
    } else {
        return 1.0f;
    }
}

// One cloned loop per activation: a template cannot be cloned, so a macro writes them.
#define HEADLIGHT_ACTIVATION(kind)                                                                            \
    HEADLIGHT_VECTORISED void forward##kind(const float* x, float* y, std::int64_t count)                     \
    {                                                                                                         \
        for (std::int64_t i = 0; i < count; ++i)                                                              \
            y[i] = value<Activation::kind>(x[i]);                                                             \
    }                                                                                                         \
    HEADLIGHT_VECTORISED void backward##kind(const float* x, const float* dy, float* dx, std::int64_t count)  \
    {                                                                                                         \
        for (std::int64_t i = 0; i < count; ++i)                                                              \
            dx[i] = derivative<Activation::kind>(x[i]) * dy[i];                                               \
    }
HEADLIGHT_ACTIVATION(Gelu)
HEADLIGHT_ACTIVATION(GeluTanh)
HEADLIGHT_ACTIVATION(QuickGelu)
HEADLIGHT_ACTIVATION(Relu)
HEADLIGHT_ACTIVATION(Silu)
HEADLIGHT_ACTIVATION(Tanh)
HEADLIGHT_ACTIVATION(Sigmoid)
HEADLIGHT_ACTIVATION(Identity)
#undef HEADLIGHT_ACTIVATION

} // namespace

HEADLIGHT_VECTORISED float softmaxRow(float* row, std::int64_t count)
{
    const float top = largest(row, count);
    if (top == -std::numeric_limits<float>::infinity()) {
        const bool broken = std::isnan(sum(row, count)); // no comparison sees a NaN, the sum does
        std::fill(row, row + count, broken ? std::numeric_limits<float>::quiet_NaN() : 0.0f);
        return broken ? row[0] : top;
    }
    for (std::int64_t i = 0; i < count; ++i)
        row[i] = vec::exp(row[i] - top);
    const float total = sum(row, count);
    const float inverse = 1.0f / total;
    for (std::int64_t i = 0; i < count; ++i)
        row[i] *= inverse;
    return top + std::log(total);
}

HEADLIGHT_VECTORISED void softmaxRowBackward(const float* w, const float* dw, float* dx, std::int64_t count)
{
    const float inner = dot(w, dw, count);
    for (std::int64_t i = 0; i < count; ++i)
        dx[i] = w[i] * (dw[i] - inner);
}

HEADLIGHT_VECTORISED LayerNormRow layerNormRow(
    const float* x, const float* weight, const float* bias, float* y, std::int64_t count, float epsilon)
{
    const float mean = sum(x, count) / float(count);
    for (std::int64_t i = 0; i < count; ++i)
        y[i] = x[i] - mean;
    const float variance = dot(y, y, count) / float(count);
    const float inverse = 1.0f / std::sqrt(variance + epsilon);
    for (std::int64_t i = 0; i < count; ++i)
        y[i] = y[i] * inverse * weight[i] + bias[i];
    return { mean, inverse };
}

HEADLIGHT_VECTORISED void layerNormRowBackward(const float* x, const float* weight, const float* dy, LayerNormRow row,
    const LayerNormGradients& out, std::int64_t count)
{
    float sumG = 0.0f, sumGX = 0.0f;
    for (std::int64_t i = 0; i < count; ++i) {
        const float normed = (x[i] - row.mean) * row.inverseDeviation;
        sumG += dy[i] * weight[i];
        sumGX += dy[i] * weight[i] * normed;
    }
    const float meanG = sumG / float(count), meanGX = sumGX / float(count);
    for (std::int64_t i = 0; i < count; ++i) {
        const float normed = (x[i] - row.mean) * row.inverseDeviation;
        out.dx[i] = row.inverseDeviation * (dy[i] * weight[i] - meanG - normed * meanGX);
    }
    if (out.dWeight != nullptr)
        for (std::int64_t i = 0; i < count; ++i)
            out.dWeight[i] += dy[i] * (x[i] - row.mean) * row.inverseDeviation;
    if (out.dBias != nullptr)
        for (std::int64_t i = 0; i < count; ++i)
            out.dBias[i] += dy[i];
}

void activate(Activation kind, const float* x, float* y, std::int64_t count)
{
    using Loop = void (*)(const float*, float*, std::int64_t);
    constexpr std::array<Loop, 8> loops { forwardGelu, forwardGeluTanh, forwardQuickGelu, forwardRelu, forwardSilu,
        forwardTanh, forwardSigmoid, forwardIdentity };
    loops[std::size_t(kind)](x, y, count);
}

void activateBackward(Activation kind, const float* x, const float* dy, float* dx, std::int64_t count)
{
    using Loop = void (*)(const float*, const float*, float*, std::int64_t);
    constexpr std::array<Loop, 8> loops { backwardGelu, backwardGeluTanh, backwardQuickGelu, backwardRelu,
        backwardSilu, backwardTanh, backwardSigmoid, backwardIdentity };
    loops[std::size_t(kind)](x, dy, dx, count);
}

HEADLIGHT_VECTORISED void accumulate(float a, const float* x, float* y, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        y[i] += a * x[i];
}

HEADLIGHT_VECTORISED float sumOfSquares(const float* x, std::int64_t count)
{
    return dot(x, x, count);
}

HEADLIGHT_VECTORISED void add(const float* x, const float* y, float* z, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        z[i] = x[i] + y[i];
}

HEADLIGHT_VECTORISED void multiply(const float* x, const float* y, float* z, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        z[i] = x[i] * y[i];
}

HEADLIGHT_VECTORISED void addRows(const float* x, float* y, std::int64_t rows, std::int64_t columns)
{
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
            y[j] += x[i * columns + j];
}

} // namespace headlight::kernels
