// Few rows times quantised weights, for all targets: four weight rows are expanded some blocks at a time and
// meet all rows of x while they are in the nearest cache.

#include "core/tensor/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/simd/quantised_products.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/base/check.h"
#include "core/tensor/quantised_products.h"

#include <hwy/cache_control.h>

HWY_BEFORE_NAMESPACE();
#include "core/tensor/simd/lanes.inl"
#include "core/tensor/simd/blocks.inl"

namespace headlight::HWY_NAMESPACE {
namespace {

constexpr int weightRows = 4;
/// Rows of x whose sums are in registers at a time: 24 of 32 registers, or 8 of 16.
constexpr int mostRows = HWY_MAX_BYTES == 64 ? 6 : 2;
/// Numbers of a weight row that are expanded at a time: 16 KB of four rows.
constexpr std::int64_t chunk = 1024;
constexpr std::int64_t stride = chunk + 32; ///< rows 4 KB apart would get into each other's way
constexpr std::int64_t cacheLine = 64;

/// Sums in vectors, [row][weight row], added up over the lanes in the end only.
using Sums = std::vector<float>;

struct Chunk {
    const QuantisedProduct& p;
    const float* weights; ///< [weightRows][stride]
    std::int64_t begin, size;
    Sums& sums;
};

/// Not inlined: among an expansion of blocks the compiler does not keep the sums in registers.
template <int Rows> HWY_NOINLINE void addTile(const Chunk& c, std::int64_t row)
{
    const std::int64_t width = laneCount();
    Vector sums[Rows][weightRows];
    float* kept = c.sums.data() + row * weightRows * width;
    for (int r = 0; r < Rows; ++r)
        for (int w = 0; w < weightRows; ++w)
            sums[r][w] = hn::LoadU(floats, kept + (r * weightRows + w) * width);
    const float* x[Rows];
    for (int r = 0; r < Rows; ++r)
        x[r] = c.p.x + (row + r) * c.p.xStride + c.begin;
    const float* from = c.weights;
    const std::int64_t size = c.size;
    for (std::int64_t k = 0; k < size; k += width) {
        Vector weights[weightRows];
        for (int w = 0; w < weightRows; ++w)
            weights[w] = hn::LoadU(floats, from + w * stride + k);
        for (int r = 0; r < Rows; ++r) {
            const Vector numbers = hn::LoadU(floats, x[r] + k);
            for (int w = 0; w < weightRows; ++w)
                sums[r][w] = hn::MulAdd(numbers, weights[w], sums[r][w]);
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int w = 0; w < weightRows; ++w)
            hn::StoreU(sums[r][w], floats, kept + (r * weightRows + w) * width);
}

/// Groups of nearly the same size.
HWY_INLINE void addRows(const Chunk& c)
{
    const std::int64_t groups = (c.p.rows + mostRows - 1) / mostRows;
    for (std::int64_t group = 0; group < groups; ++group) {
        const std::int64_t first = c.p.rows * group / groups, count = c.p.rows * (group + 1) / groups - first;
        if (count == 1)
            addTile<1>(c, first);
        else if (count == 2)
            addTile<2>(c, first);
        if constexpr (mostRows > 2) {
            if (count == 3)
                addTile<3>(c, first);
            else if (count == 4)
                addTile<4>(c, first);
            else if (count == 5)
                addTile<5>(c, first);
            else if (count == 6)
                addTile<6>(c, first);
        }
    }
}

template <typename Kind> void productOf(const QuantisedProduct& p)
{
    const auto* blocks = reinterpret_cast<const Byte*>(p.blocks);
    const auto* scales = reinterpret_cast<const Byte*>(p.scales);
    const std::int64_t rowBlocks = p.inner / Kind::numbers, rowBytes = rowBlocks * Kind::bytes,
                       width = laneCount();
    alignas(64) float weights[weightRows * stride];
    thread_local Sums sums;
    for (std::int64_t column = 0; column < p.outer; column += weightRows) {
        const auto count = int(std::min<std::int64_t>(weightRows, p.outer - column));
        sums.assign(std::size_t(p.rows * weightRows * width), 0.0f);
        for (std::int64_t begin = 0; begin < p.inner; begin += chunk) {
            const std::int64_t size = std::min(chunk, p.inner - begin);
            for (int w = 0; w < weightRows; ++w) {
                const std::int64_t first =
                    (column + std::min(w, count - 1)) * rowBlocks + begin / Kind::numbers;
                const Byte *block = blocks + first * Kind::bytes, *scale = scales + first * Kind::scales;
                const bool more = column + w + weightRows < p.outer; // those that come next
                for (std::int64_t b = 0; more && b < size / Kind::numbers * Kind::bytes; b += cacheLine)
                    hwy::Prefetch(block + weightRows * rowBytes + b);
                for (std::int64_t k = 0; k < size;
                     k += Kind::numbers, block += Kind::bytes, scale += Kind::scales)
                    Kind::expand(block, scale, weights + w * stride + k);
            }
            addRows({ p, weights, begin, size, sums });
        }
        for (std::int64_t row = 0; row < p.rows; ++row)
            for (int w = 0; w < count; ++w) {
                const float sum = sumOf(hn::LoadU(floats, sums.data() + (row * weightRows + w) * width));
                p.y[row * p.yStride + column + w] = sum + (p.bias == nullptr ? 0.0f : p.bias[column + w]);
            }
    }
}

void product(const QuantisedProduct& p)
{
    withBlocks(p.type, [&](auto kind) { productOf<decltype(kind)>(p); });
}

bool hasVectors()
{
    return laneCount() > 1;
}

} // namespace
} // namespace headlight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight {

HWY_EXPORT(product);
HWY_EXPORT(hasVectors);

bool hasQuantisedProduct(DType type)
{
    return isQuantised(type) && HWY_DYNAMIC_DISPATCH(hasVectors)();
}

void quantisedProduct(const QuantisedProduct& p)
{
    HEADLIGHT_CHECK(
        p.inner % blockSize(p.type) == 0, fmt::format("rows of {} of type {}", p.inner, name(p.type)));
    HWY_DYNAMIC_DISPATCH(product)(p);
}

} // namespace headlight
#endif
