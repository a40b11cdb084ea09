// Softmax and the passes over tiles of scores, for all targets.

#include "core/tensor/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/simd/score_rows.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/tensor/kernels.h"
#include "core/tensor/score_rows.h"

HWY_BEFORE_NAMESPACE();
#include "core/tensor/simd/lanes.inl"
#include "core/tensor/simd/vector_math.inl"

namespace headlight::kernels::HWY_NAMESPACE {
namespace {

using namespace simd::HWY_NAMESPACE;

constexpr float infinity = std::numeric_limits<float>::infinity();

void capLoop(float* scores, std::int64_t count, float cap)
{
    const Vector factor = all(cap), inverse = all(1.0f / cap);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(hn::Mul(factor, tanh(hn::Mul(lanes.load(scores + i), inverse))), scores + i);
    });
}

void hideLoop(float* scores, const std::uint8_t* seen, std::int64_t count)
{
    const hn::Rebind<std::uint8_t, Floats> bytes;
    const std::int64_t width = laneCount();
    std::int64_t i = 0;
    for (; i + width <= count; i += width) {
        const auto hidden = hn::Eq(hn::PromoteTo(integers, hn::LoadU(bytes, seen + i)), hn::Zero(integers));
        hn::StoreU(
            hn::IfThenElse(hn::RebindMask(floats, hidden), all(-infinity), hn::LoadU(floats, scores + i)),
            floats, scores + i);
    }
    for (; i < count; ++i)
        scores[i] = seen[i] == 0 ? -infinity : scores[i];
}

std::int64_t placeLoop(float value, const float* row, std::int64_t count)
{
    const Vector wanted = all(value);
    const std::int64_t width = laneCount();
    std::int64_t i = 0;
    for (; i + width <= count; i += width)
        if (const Mask found = hn::Eq(hn::LoadU(floats, row + i), wanted); !hn::AllFalse(floats, found))
            return i + std::int64_t(hn::FindFirstTrue(floats, found));
    for (; i < count; ++i)
        if (row[i] == value)
            return i;
    return count;
}

float largestOf(const float* row, std::int64_t count)
{
    const Vector lowest = all(-infinity);
    const Vector top = fold(
        count, lowest,
        [&](Vector a, std::int64_t i, auto lanes)
            HWY_ATTR { return hn::Max(a, lanes.loadOr(lowest, row + i)); },
        [](Vector a, Vector b) HWY_ATTR { return hn::Max(a, b); });
    return hn::GetLane(hn::MaxOfLanes(floats, top));
}

/// A row without a score above -infinity: all masked, or some of it no number (which no comparison sees, but
/// a sum).
ExponentialRow emptyRow(float* row, std::int64_t count)
{
    const float sum = foldSum(count,
        [&](Vector a, std::int64_t i, auto lanes) HWY_ATTR { return hn::Add(a, lanes.load(row + i)); });
    const bool broken = std::isnan(sum);
    std::fill(row, row + count, broken ? sum : 0.0f);
    ExponentialRow result;
    result.top = broken ? sum : -infinity;
    result.sum = result.moment = result.distance = broken ? sum : 0.0f;
    return result;
}

/// The pass itself: exponentials and their sum, and the moments on the way.
template <Statistics statistics>
HWY_INLINE void exponentialPass(
    float* row, std::int64_t count, std::int64_t firstPlace, ExponentialRow& result)
{
    const Vector top = all(result.top), lowest = all(-infinity), step = all(float(laneCount()));
    const Vector zero = hn::Zero(floats);
    Vector sum = zero, moment = zero, distance = zero;
    forEachBlock(count, [&](std::int64_t begin, std::int64_t size) HWY_ATTR {
        float* part = row + begin;
        Vector partSum = zero, partMoment = zero, partDistance = zero,
               place = hn::Iota(floats, float(firstPlace + begin));
        forEachVector(size, [&](std::int64_t i, auto lanes) HWY_ATTR {
            const Vector x = hn::Sub(lanes.loadOr(lowest, part + i), top);
            const Mask gone = hn::Lt(x, all(smallestExponent));
            const Vector e = hn::IfThenZeroElse(gone, expInside(x));
            lanes.store(e, part + i);
            partSum = hn::Add(partSum, e);
            if constexpr (statistics == Statistics::Yes) {
                partMoment = hn::MulAdd(e, hn::IfThenZeroElse(gone, x), partMoment); // 0·∞ would be no number
                partDistance = hn::MulAdd(e, hn::Abs(place), partDistance);
                place = hn::Add(place, step);
            }
        });
        sum = hn::Add(sum, partSum);
        moment = hn::Add(moment, partMoment);
        distance = hn::Add(distance, partDistance);
    });
    result.sum = sumOf(sum);
    result.moment = sumOf(moment);
    result.distance = sumOf(distance);
}

ExponentialRow exponentialsLoop(
    float* row, std::int64_t count, Statistics statistics, std::int64_t firstPlace)
{
    ExponentialRow result;
    result.top = largestOf(row, count);
    if (result.top == -infinity)
        return emptyRow(row, count);
    if (statistics == Statistics::No) {
        exponentialPass<Statistics::No>(row, count, firstPlace, result);
        return result;
    }
    result.topPlace = placeLoop(result.top, row, count) % count;
    exponentialPass<Statistics::Yes>(row, count, firstPlace, result);
    return result;
}

void weightsLoop(float* row, std::int64_t count, float logSumExp)
{
    const Vector shift = all(logSumExp);
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(exp(hn::Sub(lanes.load(row + i), shift)), row + i);
    });
}

/// Several rows in one go over the keys: what is kept per key is read and written once for all of them.
template <int group>
HWY_INLINE void gatherGroup(
    const FactoredRows& rows, std::int64_t first, float* largest, float* sum, float* rowSums)
{
    const float* begin = rows.rows + first * rows.stride;
    Vector factors[group], sums[group];
    for (int r = 0; r < group; ++r) {
        factors[r] = all(rows.factors[first + r]);
        sums[r] = hn::Zero(floats);
    }
    forEachBlock(rows.columns, [&](std::int64_t block, std::int64_t size) HWY_ATTR {
        Vector partSums[group];
        for (Vector& part : partSums)
            part = hn::Zero(floats);
        forEachVector(size, [&](std::int64_t inBlock, auto lanes) HWY_ATTR {
            const std::int64_t i = block + inBlock;
            Vector top = lanes.load(largest + i), total = lanes.load(sum + i);
            for (int r = 0; r < group; ++r) {
                const Vector w = hn::Mul(lanes.load(begin + r * rows.stride + i), factors[r]);
                top = hn::Max(top, w);
                total = hn::Add(total, w);
                partSums[r] = hn::Add(partSums[r], w);
            }
            lanes.store(top, largest + i);
            lanes.store(total, sum + i);
        });
        for (int r = 0; r < group; ++r)
            sums[r] = hn::Add(sums[r], partSums[r]);
    });
    for (int r = 0; r < group; ++r)
        rowSums[first + r] = sumOf(sums[r]);
}

void gatherLoop(const FactoredRows& rows, float* largest, float* sum, float* rowSums)
{
    std::int64_t first = 0;
    for (; first + 4 <= rows.count; first += 4)
        gatherGroup<4>(rows, first, largest, sum, rowSums);
    for (; first < rows.count; ++first)
        gatherGroup<1>(rows, first, largest, sum, rowSums);
}

WeightMoments momentsLoop(const float* weights, std::int64_t count, std::int64_t firstPlace)
{
    const Vector zero = hn::Zero(floats), step = all(float(laneCount()));
    const Vector smallest = all(std::numeric_limits<float>::min()); // below, w·log w is nothing
    Vector entropy = zero, distance = zero, largest = zero;
    forEachBlock(count, [&](std::int64_t begin, std::int64_t size) HWY_ATTR {
        Vector partEntropy = zero, partDistance = zero, place = hn::Iota(floats, float(firstPlace + begin));
        forEachVector(size, [&](std::int64_t i, auto lanes) HWY_ATTR {
            const Vector w = lanes.load(weights + begin + i);
            partEntropy =
                hn::NegMulAdd(w, log(hn::IfThenElse(hn::Gt(w, smallest), w, all(1.0f))), partEntropy);
            partDistance = hn::MulAdd(w, hn::Abs(place), partDistance);
            largest = hn::Max(largest, w);
            place = hn::Add(place, step);
        });
        entropy = hn::Add(entropy, partEntropy);
        distance = hn::Add(distance, partDistance);
    });
    return { sumOf(entropy), sumOf(distance), hn::GetLane(hn::MaxOfLanes(floats, largest)) };
}

void scaleRow(float* row, std::int64_t count, float factor)
{
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(hn::Mul(lanes.load(row + i), all(factor)), row + i);
    });
}

ExponentialRow softmaxLoop(float* row, std::int64_t count)
{
    const ExponentialRow result = exponentialsLoop(row, count, Statistics::No, 0);
    scaleRow(row, count, result.factor());
    return result;
}

void softmaxBackwardLoop(const float* w, const float* dw, float* dx, std::int64_t count)
{
    const Vector inner = all(foldSum(count, [&](Vector sum, std::int64_t i, auto lanes) HWY_ATTR {
        return hn::MulAdd(lanes.load(w + i), lanes.load(dw + i), sum);
    }));
    forEachVector(count, [&](std::int64_t i, auto lanes) HWY_ATTR {
        lanes.store(hn::Mul(lanes.load(w + i), hn::Sub(lanes.load(dw + i), inner)), dx + i);
    });
}

} // namespace
} // namespace headlight::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight::kernels {

HWY_EXPORT(capLoop);
HWY_EXPORT(hideLoop);
HWY_EXPORT(exponentialsLoop);
HWY_EXPORT(weightsLoop);
HWY_EXPORT(gatherLoop);
HWY_EXPORT(momentsLoop);
HWY_EXPORT(placeLoop);
HWY_EXPORT(softmaxLoop);
HWY_EXPORT(softmaxBackwardLoop);

void capScores(float* scores, std::int64_t count, float cap)
{
    HWY_DYNAMIC_DISPATCH(capLoop)(scores, count, cap);
}

void hideScores(float* scores, const std::uint8_t* seen, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(hideLoop)(scores, seen, count);
}

void ExponentialRow::addSink(float score)
{
    constexpr float furthest = 80.0f; // beyond, what keys get is nothing in f32, and the exponential would overflow
    if (sum == 0.0f)
        top = score; // a masked row is the sink's alone
    sink = std::exp(std::min(score - top, furthest));
    if (std::isnan(sum))
        sink = sum;
}

float ExponentialRow::logSumExp() const
{
    return top + std::log(sum + sink);
}

float ExponentialRow::entropy() const
{
    const double all = double(sum) + double(sink);
    return sum == 0.0f ? 0.0f : float((double(sum) * std::log(all) - double(moment)) / all);
}

ExponentialRow exponentials(float* scores, std::int64_t count, Statistics statistics, std::int64_t firstPlace)
{
    return HWY_DYNAMIC_DISPATCH(exponentialsLoop)(scores, count, statistics, firstPlace);
}

void weightsOfScores(float* scores, std::int64_t count, float logSumExp)
{
    if (logSumExp == -std::numeric_limits<float>::infinity())
        std::fill(scores, scores + count, 0.0f);
    else
        HWY_DYNAMIC_DISPATCH(weightsLoop)(scores, count, logSumExp);
}

void gatherKeys(const FactoredRows& rows, float* largest, float* sum, float* rowSums)
{
    HWY_DYNAMIC_DISPATCH(gatherLoop)(rows, largest, sum, rowSums);
}

WeightMoments momentsOf(const float* weights, std::int64_t count, std::int64_t firstPlace)
{
    return HWY_DYNAMIC_DISPATCH(momentsLoop)(weights, count, firstPlace);
}

std::int64_t placeOf(float value, const float* row, std::int64_t count)
{
    return HWY_DYNAMIC_DISPATCH(placeLoop)(value, row, count);
}

float softmaxRow(float* row, std::int64_t count)
{
    return HWY_DYNAMIC_DISPATCH(softmaxLoop)(row, count).logSumExp();
}

void softmaxRowBackward(const float* w, const float* dw, float* dx, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(softmaxBackwardLoop)(w, dw, dx, count);
}

} // namespace headlight::kernels
#endif
