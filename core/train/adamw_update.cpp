// AdamW's step for all targets.

#include "core/train/adamw_update.h"

#include "core/tensor/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/train/adamw_update.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#include "core/tensor/simd/lanes.inl"

namespace headlight::HWY_NAMESPACE {
namespace {

using namespace simd::HWY_NAMESPACE;

void updateLoop(
    const AdamWFactors& f, float* p, const float* g, float* first, float* second, std::int64_t count)
{
    const Vector keep1 = all(f.beta1), take1 = all(1.0f - f.beta1), keep2 = all(f.beta2),
                 take2 = all(1.0f - f.beta2);
    const Vector correction1 = all(f.rate * f.correction1), correction2 = all(f.correction2),
                 epsilon = all(f.epsilon);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        const Vector gradient = lanes.load(g + i);
        const Vector m = hn::MulAdd(take1, gradient, hn::Mul(keep1, lanes.load(first + i)));
        const Vector v =
            hn::MulAdd(hn::Mul(take2, gradient), gradient, hn::Mul(keep2, lanes.load(second + i)));
        const Vector length = hn::Add(hn::Sqrt(hn::Mul(v, correction2)), epsilon);
        lanes.store(m, first + i);
        lanes.store(v, second + i);
        lanes.store(hn::Sub(lanes.load(p + i), hn::Div(hn::Mul(m, correction1), length)), p + i);
    });
}

} // namespace
} // namespace headlight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight {

HWY_EXPORT(updateLoop);

void updateAdamW(
    const AdamWFactors& factors, float* p, const float* g, float* first, float* second, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(updateLoop)(factors, p, g, first, second, count);
}

} // namespace headlight
#endif
