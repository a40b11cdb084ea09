// Loops over numbers one by one and their sums, for all targets: activations, arithmetic, layer norm.

#include "core/tensor/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/simd/elementwise.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/tensor/kernels.h"

HWY_BEFORE_NAMESPACE();
#include "core/tensor/simd/lanes.inl"
#include "core/tensor/simd/vector_math.inl"

namespace headlight::kernels::HWY_NAMESPACE {
namespace {

using namespace simd::HWY_NAMESPACE;

constexpr float geluC = 0.797884561f; // √(2/π)
constexpr float geluA = 0.044715f;

/// tanh's argument of the approximate GELU.
HWY_INLINE Vector geluInner(Vector x)
{
    return hn::Mul(all(geluC), hn::MulAdd(hn::Mul(hn::Mul(all(geluA), x), x), x, x));
}

template <Activation kind> HWY_INLINE Vector value(Vector x)
{
    if constexpr (kind == Activation::Gelu)
        return hn::Mul(x, normalCdf(x));
    else if constexpr (kind == Activation::GeluTanh)
        return hn::Mul(hn::Mul(all(0.5f), x), hn::Add(all(1.0f), tanh(geluInner(x))));
    else if constexpr (kind == Activation::QuickGelu)
        return hn::Mul(x, sigmoid(hn::Mul(all(1.702f), x)));
    else if constexpr (kind == Activation::Relu)
        return hn::IfThenElseZero(hn::Gt(x, hn::Zero(floats)), x);
    else if constexpr (kind == Activation::Silu)
        return hn::Mul(x, sigmoid(x));
    else if constexpr (kind == Activation::Tanh)
        return tanh(x);
    else if constexpr (kind == Activation::Sigmoid)
        return sigmoid(x);
    else
        return x;
}

template <Activation kind> HWY_INLINE Vector derivative(Vector x)
{
    const Vector one = all(1.0f);
    if constexpr (kind == Activation::Gelu) {
        const Vector density =
            hn::Mul(all(0.398942280f), expNegative(hn::Mul(all(-0.5f), hn::Mul(x, x)))); // 1/√(2π)
        return hn::MulAdd(x, density, normalCdf(x));
    } else if constexpr (kind == Activation::GeluTanh) {
        const Vector t = tanh(geluInner(x)), slope = hn::NegMulAdd(t, t, one); // 0 where x² would overflow
        const Vector inner = hn::Mul(all(geluC), hn::MulAdd(hn::Mul(all(3.0f * geluA), x), x, one));
        const Vector product = hn::Mul(hn::Mul(hn::Mul(all(0.5f), x), slope), inner);
        return hn::Add(hn::Mul(all(0.5f), hn::Add(one, t)),
            hn::IfThenElseZero(hn::Gt(slope, hn::Zero(floats)), product));
    } else if constexpr (kind == Activation::QuickGelu) {
        const Vector s = sigmoid(hn::Mul(all(1.702f), x));
        return hn::Add(s,
            hn::Mul(hn::Mul(hn::Mul(s, hn::Sub(one, s)), all(1.702f)),
                x)); // in this order 0 stays 0 for the lowest of numbers
    } else if constexpr (kind == Activation::Relu) {
        return hn::IfThenElseZero(hn::Gt(x, hn::Zero(floats)), one);
    } else if constexpr (kind == Activation::Silu) {
        const Vector s = sigmoid(x);
        return hn::Add(s, hn::Mul(hn::Mul(x, s), hn::Sub(one, s)));
    } else if constexpr (kind == Activation::Tanh) {
        const Vector t = tanh(x);
        return hn::NegMulAdd(t, t, one);
    } else if constexpr (kind == Activation::Sigmoid) {
        const Vector s = sigmoid(x);
        return hn::Mul(s, hn::Sub(one, s));
    } else {
        return one;
    }
}

/// body(constant): the activation as a constant of the compiler, so that no loop asks which it is.
template <typename Body> HWY_INLINE void withActivation(Activation kind, const Body& body)
{
    switch (kind) {
    case Activation::Gelu:
        return body(std::integral_constant<Activation, Activation::Gelu>{});
    case Activation::GeluTanh:
        return body(std::integral_constant<Activation, Activation::GeluTanh>{});
    case Activation::QuickGelu:
        return body(std::integral_constant<Activation, Activation::QuickGelu>{});
    case Activation::Relu:
        return body(std::integral_constant<Activation, Activation::Relu>{});
    case Activation::Silu:
        return body(std::integral_constant<Activation, Activation::Silu>{});
    case Activation::Tanh:
        return body(std::integral_constant<Activation, Activation::Tanh>{});
    case Activation::Sigmoid:
        return body(std::integral_constant<Activation, Activation::Sigmoid>{});
    case Activation::Identity:
        return body(std::integral_constant<Activation, Activation::Identity>{});
    }
}

void activateLoop(Activation kind, const float* x, float* y, std::int64_t count)
{
    withActivation(kind, [&](auto which) HWY_ATTR {
        forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
            lanes.store(value<decltype(which)::value>(lanes.load(x + i)), y + i);
        });
    });
}

void activateBackwardLoop(Activation kind, const float* x, const float* dy, float* dx, std::int64_t count)
{
    withActivation(kind, [&](auto which) HWY_ATTR {
        forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
            lanes.store(
                hn::Mul(derivative<decltype(which)::value>(lanes.load(x + i)), lanes.load(dy + i)), dx + i);
        });
    });
}

void evaluateLoop(Function function, const float* x, float* y, std::int64_t count)
{
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        const Vector v = lanes.loadOr(all(1.0f), x + i);
        switch (function) {
        case Function::Exp:
            return lanes.store(exp(v), y + i);
        case Function::Log:
            return lanes.store(log(v), y + i);
        case Function::ErfcPositive:
            return lanes.store(erfcPositive(v), y + i);
        case Function::NormalCdf:
            return lanes.store(normalCdf(v), y + i);
        }
    });
}

void accumulateLoop(float a, const float* x, float* y, std::int64_t count)
{
    const Vector factor = all(a);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(hn::MulAdd(factor, lanes.load(x + i), lanes.load(y + i)), y + i);
    });
}

void scaleLoop(float a, const float* x, float* y, std::int64_t count)
{
    const Vector factor = all(a);
    forEachVector(count,
        [&](std::int64_t i, auto lanes) HWY_ATTR { lanes.store(hn::Mul(factor, lanes.load(x + i)), y + i); });
}

float dotLoop(const float* x, const float* y, std::int64_t count)
{
    return foldSum(count, [&](Vector sum, std::int64_t i, auto lanes) HWY_ATTR {
        return hn::MulAdd(lanes.load(x + i), lanes.load(y + i), sum);
    });
}

void addLoop(const float* x, const float* y, float* z, std::int64_t count)
{
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(hn::Add(lanes.load(x + i), lanes.load(y + i)), z + i);
    });
}

void multiplyLoop(const float* x, const float* y, float* z, std::int64_t count)
{
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(hn::Mul(lanes.load(x + i), lanes.load(y + i)), z + i);
    });
}

void addRowsLoop(const float* x, float* y, std::int64_t rows, std::int64_t columns)
{
    for (std::int64_t i = 0; i < rows; ++i)
        addLoop(x + i * columns, y, y, columns);
}

LayerNormRow layerNormLoop(
    const float* x, const float* weight, const float* bias, float* y, std::int64_t count, float epsilon)
{
    const float mean = foldSum(count, [&](Vector sum, std::int64_t i, auto lanes) HWY_ATTR {
        return hn::Add(sum, lanes.load(x + i));
    }) / float(count);
    const Vector middle = all(mean);
    const float squares = foldSum(count, [&](Vector sum, std::int64_t i, auto lanes) HWY_ATTR {
        const Vector centred = hn::Sub(lanes.loadOr(middle, x + i), middle);
        return hn::MulAdd(centred, centred, sum);
    });
    const float inverse = 1.0f / std::sqrt(squares / float(count) + epsilon);
    const Vector factor = all(inverse);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        const Vector normed = hn::Mul(hn::Sub(lanes.load(x + i), middle), factor);
        lanes.store(hn::MulAdd(normed, lanes.load(weight + i), lanes.load(bias + i)), y + i);
    });
    return { mean, inverse };
}

void layerNormBackwardLoop(const float* x, const float* weight, const float* dy, LayerNormRow row,
    const LayerNormGradients& out, std::int64_t count)
{
    const Vector middle = all(row.mean), factor = all(row.inverseDeviation);
    const auto normed = [&](std::int64_t i, auto lanes)
                            HWY_ATTR { return hn::Mul(hn::Sub(lanes.load(x + i), middle), factor); };
    const float meanG = dotLoop(dy, weight, count) / float(count);
    const float meanGX = foldSum(count, [&](Vector sum, std::int64_t i, auto lanes) HWY_ATTR {
        return hn::MulAdd(hn::Mul(lanes.load(dy + i), lanes.load(weight + i)), normed(i, lanes), sum);
    }) / float(count);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        const Vector g = hn::Mul(lanes.load(dy + i), lanes.load(weight + i));
        lanes.store(hn::Mul(factor, hn::Sub(hn::Sub(g, all(meanG)), hn::Mul(normed(i, lanes), all(meanGX)))),
            out.dx + i);
        if (out.dWeight != nullptr)
            lanes.store(hn::MulAdd(lanes.load(dy + i), normed(i, lanes), lanes.load(out.dWeight + i)),
                out.dWeight + i);
        if (out.dBias != nullptr)
            lanes.store(hn::Add(lanes.load(out.dBias + i), lanes.load(dy + i)), out.dBias + i);
    });
}

} // namespace
} // namespace headlight::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight::kernels {

HWY_EXPORT(activateLoop);
HWY_EXPORT(activateBackwardLoop);
HWY_EXPORT(evaluateLoop);
HWY_EXPORT(accumulateLoop);
HWY_EXPORT(scaleLoop);
HWY_EXPORT(dotLoop);
HWY_EXPORT(addLoop);
HWY_EXPORT(multiplyLoop);
HWY_EXPORT(addRowsLoop);
HWY_EXPORT(layerNormLoop);
HWY_EXPORT(layerNormBackwardLoop);

void activate(Activation kind, const float* x, float* y, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(activateLoop)(kind, x, y, count);
}

void activateBackward(Activation kind, const float* x, const float* dy, float* dx, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(activateBackwardLoop)(kind, x, dy, dx, count);
}

void evaluate(Function function, const float* x, float* y, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(evaluateLoop)(function, x, y, count);
}

void accumulate(float a, const float* x, float* y, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(accumulateLoop)(a, x, y, count);
}

void scale(float a, const float* x, float* y, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(scaleLoop)(a, x, y, count);
}

float dot(const float* x, const float* y, std::int64_t count)
{
    return HWY_DYNAMIC_DISPATCH(dotLoop)(x, y, count);
}

float sumOfSquares(const float* x, std::int64_t count)
{
    return dot(x, x, count);
}

void add(const float* x, const float* y, float* z, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(addLoop)(x, y, z, count);
}

void multiply(const float* x, const float* y, float* z, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(multiplyLoop)(x, y, z, count);
}

void addRows(const float* x, float* y, std::int64_t rows, std::int64_t columns)
{
    HWY_DYNAMIC_DISPATCH(addRowsLoop)(x, y, rows, columns);
}

LayerNormRow layerNormRow(
    const float* x, const float* weight, const float* bias, float* y, std::int64_t count, float epsilon)
{
    return HWY_DYNAMIC_DISPATCH(layerNormLoop)(x, weight, bias, y, count, epsilon);
}

void layerNormRowBackward(const float* x, const float* weight, const float* dy, LayerNormRow row,
    const LayerNormGradients& out, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(layerNormBackwardLoop)(x, weight, dy, row, out, count);
}

} // namespace headlight::kernels
#endif
