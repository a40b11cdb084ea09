// The loop from numbers to colours, for all targets.

#include "ui/style/colour_line.h"

#include "core/tensor/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ui/style/colour_line.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include <cmath>

HWY_BEFORE_NAMESPACE();
#include "core/tensor/simd/lanes.inl"
#include "core/tensor/simd/vector_math.inl"

namespace headlight::ui::HWY_NAMESPACE {
namespace {

using namespace simd::HWY_NAMESPACE;

template <ColourLine::Curve curve> HWY_INLINE Vector along(Vector share, float logFloor)
{
    if constexpr (curve == ColourLine::Curve::SquareRoot)
        return hn::Sqrt(share);
    else if constexpr (curve == ColourLine::Curve::Logarithmic) {
        const Vector floor = all(logFloor);
        const Vector place = hn::NegMulAdd(
            simd::HWY_NAMESPACE::log(hn::Max(share, floor)), all(1.0f / std::log(logFloor)), all(1.0f));
        return hn::IfThenElseZero(hn::Gt(share, floor), place);
    } else
        return share;
}

template <ColourLine::Curve curve>
HWY_INLINE void colourCurve(const ColourLine& line, const float* numbers, QRgb* colours, std::int64_t count)
{
    const Vector zero = hn::Zero(floats), one = all(1.0f), top = all(line.top), origin = all(line.origin),
                 reach = all(line.reach);
    const auto* table = reinterpret_cast<const std::int32_t*>(line.table);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        const Vector x = lanes.load(numbers + i), magnitude = line.isSigned ? hn::Abs(x) : x;
        const Vector share =
            hn::IfThenElseZero(hn::Gt(magnitude, zero), hn::Min(hn::Div(magnitude, top), one));
        const Vector step = hn::Mul(reach, along<curve>(share, line.logFloor));
        const Vector place = hn::Add(origin, line.isSigned ? hn::CopySign(step, x) : step);
        const auto index =
            hn::ConvertTo(integers, hn::MulAdd(hn::Min(hn::Max(place, zero), one), all(255.0f), all(0.5f)));
        lanes.store(hn::BitCast(floats, hn::GatherIndex(integers, table, index)),
            reinterpret_cast<float*>(colours + i));
    });
}

void colourLoop(const ColourLine& line, const float* numbers, QRgb* colours, std::int64_t count)
{
    switch (line.curve) {
    case ColourLine::Curve::Linear:
        return colourCurve<ColourLine::Curve::Linear>(line, numbers, colours, count);
    case ColourLine::Curve::SquareRoot:
        return colourCurve<ColourLine::Curve::SquareRoot>(line, numbers, colours, count);
    case ColourLine::Curve::Logarithmic:
        return colourCurve<ColourLine::Curve::Logarithmic>(line, numbers, colours, count);
    }
}

} // namespace
} // namespace headlight::ui::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight::ui {

HWY_EXPORT(colourLoop);

void colourLine(const ColourLine& line, const float* numbers, QRgb* colours, std::int64_t count)
{
    if (line.top > 0.0f)
        return HWY_DYNAMIC_DISPATCH(colourLoop)(line, numbers, colours, count);
    ColourLine level = line; // nothing to compare with: all are as 0
    level.top = 1.0f;
    level.reach = 0.0f;
    HWY_DYNAMIC_DISPATCH(colourLoop)(level, numbers, colours, count);
}

} // namespace headlight::ui
#endif
