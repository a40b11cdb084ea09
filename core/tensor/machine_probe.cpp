#include "core/tensor/machine_probe.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/machine_probe.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace headlight::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;

/// Enough independent sums to hide how long each takes.
constexpr int sums = 12;

double arithmetic(std::int64_t rounds, float& result)
{
    const Lanes tag;
    const Vector factor = hn::Set(tag, 0.5f), summand = hn::Set(tag, 1.0f);
    Vector values[sums];
    for (int i = 0; i < sums; ++i)
        values[i] = hn::Set(tag, float(i));
    for (std::int64_t round = 0; round < rounds; ++round)
        for (int i = 0; i < sums; ++i)
            values[i] = hn::MulAdd(values[i], factor, summand);
    result = 0.0f;
    for (int i = 0; i < sums; ++i)
        result += hn::GetLane(values[i]);
    return 2.0 * double(rounds) * sums * double(hn::Lanes(tag));
}

float reading(const float* numbers, std::int64_t count)
{
    const Lanes tag;
    const auto lanes = std::int64_t(hn::Lanes(tag));
    Vector a = hn::Zero(tag), b = a, c = a, d = a;
    std::int64_t i = 0;
    for (; i + 4 * lanes <= count; i += 4 * lanes) {
        a = hn::Add(a, hn::LoadU(tag, numbers + i));
        b = hn::Add(b, hn::LoadU(tag, numbers + i + lanes));
        c = hn::Add(c, hn::LoadU(tag, numbers + i + 2 * lanes));
        d = hn::Add(d, hn::LoadU(tag, numbers + i + 3 * lanes));
    }
    float sum = hn::GetLane(hn::SumOfLanes(tag, hn::Add(hn::Add(a, b), hn::Add(c, d))));
    for (; i < count; ++i)
        sum += numbers[i];
    return sum;
}

} // namespace
} // namespace headlight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight {

HWY_EXPORT(arithmetic);
HWY_EXPORT(reading);

double probeArithmetic(std::int64_t rounds, float& result)
{
    return HWY_DYNAMIC_DISPATCH(arithmetic)(rounds, result);
}

float probeReading(std::span<const float> numbers)
{
    return HWY_DYNAMIC_DISPATCH(reading)(numbers.data(), std::int64_t(numbers.size()));
}

} // namespace headlight
#endif
