#include "core/tensor/row_products.h"

#include "core/base/check.h"

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/row_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace headlight::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

// A processor without vectors leaves these products to the library.
bool supported(DType)
{
    return false;
}
void product(const RowProduct&) { }
void roundAll(const float* source, std::int64_t count, std::uint16_t* target)
{
    std::transform(source, source + count, target, floatToBfloat);
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;
using Four = hn::CappedTag<float, 4>;

constexpr std::int64_t lanes = HWY_MAX_BYTES / std::int64_t(sizeof(float));
/// Weight rows by rows of x whose sums are in registers at a time: 24 of 32 registers, or 8 of 16.
constexpr int weightRows = 4;
constexpr int mostRows = HWY_MAX_BYTES == 64 ? 6 : 2;

struct F32 {
    using Stored = float;
    static HWY_INLINE Vector load(const float* from) { return hn::LoadU(Lanes(), from); }
};

struct F16 {
    using Stored = hwy::float16_t;
    static HWY_INLINE Vector load(const Stored* from)
    {
        const hn::Rebind<Stored, Lanes> half;
        return hn::PromoteTo(Lanes(), hn::LoadU(half, from));
    }
};

struct BF16 {
    using Stored = hwy::bfloat16_t;
    static HWY_INLINE Vector load(const Stored* from)
    {
        const hn::Rebind<Stored, Lanes> half;
        return hn::PromoteTo(Lanes(), hn::LoadU(half, from));
    }
};

/// The last numbers of a row, zeros after them; nothing beyond them is read.
template <typename Kind> HWY_INLINE Vector loadRest(const typename Kind::Stored* from, std::int64_t count)
{
    alignas(64) typename Kind::Stored rest[lanes] = {};
    std::memcpy(rest, from, std::size_t(count) * sizeof *from);
    return Kind::load(rest);
}

/// The sums over the lanes of four vectors.
HWY_INLINE hn::Vec<Four> sumsOf(Vector a, Vector b, Vector c, Vector d)
{
    const Lanes tag;
    const hn::Repartition<double, Lanes> pairs;
    const Vector ab = hn::Add(hn::InterleaveLower(tag, a, b), hn::InterleaveUpper(tag, a, b));
    const Vector cd = hn::Add(hn::InterleaveLower(tag, c, d), hn::InterleaveUpper(tag, c, d));
    const auto abPairs = hn::BitCast(pairs, ab), cdPairs = hn::BitCast(pairs, cd);
    const Vector sum = hn::Add(hn::BitCast(tag, hn::InterleaveLower(pairs, abPairs, cdPairs)),
        hn::BitCast(tag, hn::InterleaveUpper(pairs, abPairs, cdPairs)));
#if HWY_MAX_BYTES == 64
    const hn::Half<Lanes> half;
    const auto halves = hn::Add(hn::LowerHalf(half, sum), hn::UpperHalf(half, sum));
    return hn::Add(hn::LowerHalf(Four(), halves), hn::UpperHalf(Four(), halves));
#elif HWY_MAX_BYTES == 32
    return hn::Add(hn::LowerHalf(Four(), sum), hn::UpperHalf(Four(), sum));
#else
    return sum;
#endif
}

/// Four weight rows (the last repeated where there are fewer) and what of them is fetched ahead.
template <typename Kind> struct Quad {
    const typename Kind::Stored* rows[weightRows];
    int count;
    const typename Kind::Stored* ahead;
    std::int64_t stride;
};

template <int Rows, typename Load> HWY_INLINE void addStep(Vector (&sums)[Rows][weightRows], const Load& load)
{
    Vector weights[weightRows];
    for (int c = 0; c < weightRows; ++c)
        weights[c] = load.weight(c);
    for (int r = 0; r < Rows; ++r) {
        const Vector x = load.x(r);
        for (int c = 0; c < weightRows; ++c)
            sums[r][c] = hn::MulAdd(x, weights[c], sums[r][c]);
    }
}

template <typename Kind> struct FullStep {
    const Quad<Kind>& quad;
    const float* first;
    std::int64_t stride, k;
    HWY_INLINE Vector weight(int c) const { return Kind::load(quad.rows[c] + k); }
    HWY_INLINE Vector x(int r) const { return F32::load(first + r * stride + k); }
};

template <typename Kind> struct LastStep {
    const Quad<Kind>& quad;
    const float* first;
    std::int64_t stride, k, count;
    HWY_INLINE Vector weight(int c) const { return loadRest<Kind>(quad.rows[c] + k, count); }
    HWY_INLINE Vector x(int r) const { return loadRest<F32>(first + r * stride + k, count); }
};

/// y [Rows,4] of the rows from `row` and the columns from `column`; `Ahead` rows of the next quad are fetched
/// meanwhile.
template <typename Kind, int Rows, int Ahead>
HWY_INLINE void tile(const RowProduct& p, const Quad<Kind>& quad, std::int64_t row, std::int64_t column)
{
    Vector sums[Rows][weightRows];
    for (int r = 0; r < Rows; ++r)
        for (int c = 0; c < weightRows; ++c)
            sums[r][c] = hn::Zero(Lanes());
    const float* x = p.x + row * p.xStride;
    std::int64_t k = 0;
    for (; k + lanes <= p.inner; k += lanes) {
        for (int a = 0; a < Ahead; ++a)
            hwy::Prefetch(quad.ahead + a * quad.stride + k);
        addStep<Rows>(sums, FullStep<Kind>{ quad, x, p.xStride, k });
    }
    if (k < p.inner)
        addStep<Rows>(sums, LastStep<Kind>{ quad, x, p.xStride, k, p.inner - k });
    alignas(16) float bias[weightRows] = {}, rest[weightRows];
    for (int c = 0; p.bias != nullptr && c < quad.count; ++c)
        bias[c] = p.bias[column + c];
    for (int r = 0; r < Rows; ++r) {
        const auto result =
            hn::Add(sumsOf(sums[r][0], sums[r][1], sums[r][2], sums[r][3]), hn::Load(Four(), bias));
        float* y = p.y + (row + r) * p.yStride + column;
        if (quad.count == weightRows) {
            hn::StoreU(result, Four(), y);
            continue;
        }
        hn::Store(result, Four(), rest);
        std::copy(rest, rest + quad.count, y);
    }
}

template <typename Kind, int Rows>
HWY_INLINE void tileOf(
    int ahead, const RowProduct& p, const Quad<Kind>& quad, std::int64_t row, std::int64_t column)
{
    if (ahead == 0)
        tile<Kind, Rows, 0>(p, quad, row, column);
    else if (ahead == 1)
        tile<Kind, Rows, 1>(p, quad, row, column);
    else if (ahead == 2)
        tile<Kind, Rows, 2>(p, quad, row, column);
    else
        tile<Kind, Rows, weightRows>(p, quad, row, column);
}

template <typename Kind>
HWY_NOINLINE void rowsTile(
    int rows, int ahead, const RowProduct& p, const Quad<Kind>& quad, std::int64_t row, std::int64_t column)
{
    if (rows == 1)
        return tileOf<Kind, 1>(ahead, p, quad, row, column);
    if constexpr (mostRows == 2)
        return tileOf<Kind, 2>(ahead, p, quad, row, column);
    else if (rows == 2)
        return tileOf<Kind, 2>(ahead, p, quad, row, column);
    else if (rows == 3)
        return tileOf<Kind, 3>(ahead, p, quad, row, column);
    else if (rows == 4)
        return tileOf<Kind, 4>(ahead, p, quad, row, column);
    else if (rows == 5)
        return tileOf<Kind, 5>(ahead, p, quad, row, column);
    else
        return tileOf<Kind, 6>(ahead, p, quad, row, column);
}

/// Four weight rows at a time against all rows of x in groups of nearly the same size; while they are used,
/// the next four come into the cache, a share with every group.
template <typename Kind> void productOf(const RowProduct& p)
{
    const auto* weight = reinterpret_cast<const typename Kind::Stored*>(p.weight);
    const std::int64_t groups = (p.rows + mostRows - 1) / mostRows;
    for (std::int64_t column = 0; column < p.outer; column += weightRows) {
        Quad<Kind> quad{ {}, int(std::min<std::int64_t>(weightRows, p.outer - column)), nullptr,
            p.weightStride };
        for (int c = 0; c < weightRows; ++c)
            quad.rows[c] = weight + (column + std::min(c, quad.count - 1)) * p.weightStride;
        const bool more = column + 2 * weightRows <= p.outer;
        int fetched = 0;
        for (std::int64_t group = 0; group < groups; ++group) {
            const std::int64_t first = p.rows * group / groups, last = p.rows * (group + 1) / groups;
            const int fetch = int(weightRows * (group + 1) / groups) - fetched;
            quad.ahead = weight + (column + weightRows + fetched) * p.weightStride;
            rowsTile<Kind>(int(last - first), more ? fetch : 0, p, quad, first, column);
            fetched += fetch;
        }
    }
}

/// Without conversion instructions halves go through the plain functions, which know infinities.
constexpr bool convertsHalves = HWY_MAX_BYTES >= 32;

bool supported(DType type)
{
    return type == DType::F32 || (type == DType::F16 && convertsHalves) || type == DType::BF16;
}

void product(const RowProduct& p)
{
    if (p.type == DType::F32)
        productOf<F32>(p);
    else if (p.type == DType::F16)
        productOf<F16>(p);
    else
        productOf<BF16>(p);
}

void roundAll(const float* source, std::int64_t count, std::uint16_t* target)
{
    const Lanes tag;
    const hn::RebindToUnsigned<Lanes> bitsTag;
    const hn::Rebind<std::uint16_t, Lanes> halfTag;
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const Vector value = hn::LoadU(tag, source + i);
        const auto bits = hn::BitCast(bitsTag, value);
        const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(bitsTag, 1u));
        const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(bitsTag, 0x7fffu))));
        const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(bitsTag, 0x40u));
        const auto isNumber = hn::RebindMask(bitsTag, hn::Eq(value, value));
        hn::StoreU(hn::TruncateTo(halfTag, hn::IfThenElse(isNumber, rounded, quiet)), halfTag, target + i);
    }
    std::transform(source + i, source + count, target + i, floatToBfloat);
}

#endif

} // namespace
} // namespace headlight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight {

HWY_EXPORT(supported);
HWY_EXPORT(product);
HWY_EXPORT(roundAll);

bool hasRowProduct(DType type)
{
    return HWY_DYNAMIC_DISPATCH(supported)(type);
}

void rowProduct(const RowProduct& p)
{
    HEADLIGHT_CHECK(hasRowProduct(p.type), "a row product of another type");
    HWY_DYNAMIC_DISPATCH(product)(p);
}

void roundToBfloats(const float* source, std::int64_t count, std::uint16_t* target)
{
    HWY_DYNAMIC_DISPATCH(roundAll)(source, count, target);
}

} // namespace headlight
#endif
