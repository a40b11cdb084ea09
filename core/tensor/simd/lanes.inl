// Vectors of floats as wide as the target has them, and loops over arrays in such vectors. Highway compiles a source once
// per target; each includes this once, after <hwy/highway.h> and between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE,
// so there is no guard.

namespace headlight::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Integers = hn::RebindToSigned<Floats>;
using Vector = hn::Vec<Floats>;
using Mask = hn::Mask<Floats>;
constexpr Floats floats {};
constexpr Integers integers {};

HWY_INLINE std::int64_t laneCount()
{
    return std::int64_t(hn::Lanes(floats));
}

HWY_INLINE Vector all(float value)
{
    return hn::Set(floats, value);
}

/// How a loop's step reaches its numbers: all lanes, or the first few at the end of an array.
struct Whole {
    HWY_INLINE Vector load(const float* p) const { return hn::LoadU(floats, p); }
    HWY_INLINE Vector loadOr(Vector, const float* p) const { return load(p); }
    HWY_INLINE void store(Vector v, float* p) const { hn::StoreU(v, floats, p); }
};
struct Part {
    Mask mask;
    HWY_INLINE Vector load(const float* p) const { return hn::MaskedLoad(mask, floats, p); }
    /// `other` in the lanes beyond the end, where load() gives 0.
    HWY_INLINE Vector loadOr(Vector other, const float* p) const { return hn::IfThenElse(mask, load(p), other); }
    HWY_INLINE void store(Vector v, float* p) const { hn::BlendedStore(v, mask, floats, p); }
};

/// body(i, lanes) for every vector of 0..count.
template <typename Body>
HWY_INLINE void forEachVector(std::int64_t count, const Body& body)
{
    const std::int64_t width = laneCount();
    std::int64_t i = 0;
    for (; i + width <= count; i += width)
        body(i, Whole {});
    if (i < count)
        body(i, Part { hn::FirstN(floats, std::size_t(count - i)) });
}

/// body(begin, size) for blocks of 0..count in which one accumulator may sum: so that rounding stays small in long sums.
template <typename Body>
HWY_INLINE void forEachBlock(std::int64_t count, const Body& body)
{
    const std::int64_t size = 64 * laneCount();
    for (std::int64_t begin = 0; begin < count; begin += size)
        body(begin, std::min(size, count - begin));
}

/// Folds step(accumulator, i, lanes) over 0..count in four chains, so that no step waits for the one before it.
template <typename Step, typename Join>
HWY_INLINE Vector fold(std::int64_t count, Vector start, const Step& step, const Join& join)
{
    const std::int64_t width = laneCount();
    Vector a = start, b = start, c = start, e = start;
    std::int64_t i = 0;
    for (; i + 4 * width <= count; i += 4 * width) {
        a = step(a, i, Whole {});
        b = step(b, i + width, Whole {});
        c = step(c, i + 2 * width, Whole {});
        e = step(e, i + 3 * width, Whole {});
    }
    for (; i + width <= count; i += width)
        a = step(a, i, Whole {});
    if (i < count)
        a = step(a, i, Part { hn::FirstN(floats, std::size_t(count - i)) });
    return join(join(a, b), join(c, e));
}

/// Sum of step(accumulator, i, lanes).
template <typename Step>
HWY_INLINE float foldSum(std::int64_t count, const Step& step)
{
    const Vector sum = fold(
        count, hn::Zero(floats), step, [](Vector a, Vector b) HWY_ATTR { return hn::Add(a, b); });
    return hn::GetLane(hn::SumOfLanes(floats, sum));
}

HWY_INLINE float sumOf(Vector v)
{
    return hn::GetLane(hn::SumOfLanes(floats, v));
}

} // namespace headlight::simd::HWY_NAMESPACE
