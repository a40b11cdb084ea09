#include "core/tensor/packed_products.h"

#include "core/base/parallel_for.h"
#include "core/tensor/simd/targets.h"

#include <hwy/cache_control.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/packed_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace headlight::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

std::int64_t width()
{
    return 0;
}
void product(const PackedProduct&, std::int64_t, std::int64_t) { }

#else

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;

constexpr std::int64_t lanes = HWY_MAX_BYTES / std::int64_t(sizeof(float));
/// Vectors side by side and rows below each other whose sums are in registers: 24 of 32, or 12 of 16.
constexpr int across = HWY_MAX_BYTES == 64 ? 3 : 2;
constexpr int mostRows = HWY_MAX_BYTES == 64 ? 8 : 6;
constexpr std::int64_t panel = across * lanes;
/// Inner numbers and rows of x that are used together: they stay in a core's second cache.
constexpr std::int64_t innerBlock = 1024, rowBlock = 192;

std::int64_t width()
{
    return panel;
}

/// A block of x, a block of a panel, and where their product goes.
struct Block {
    const float* x;
    std::int64_t xStride, inner;
    const float* weight;
    float* y;
    std::int64_t yStride;
    bool adds; ///< to what y holds
    const float* ahead; ///< fetched meanwhile, or null
};

template <int Rows, int Ahead> HWY_INLINE void tile(const Block& b)
{
    const Lanes tag;
    Vector sums[Rows][across];
    for (int r = 0; r < Rows; ++r)
        for (int c = 0; c < across; ++c)
            sums[r][c] = b.adds ? hn::LoadU(tag, b.y + r * b.yStride + c * lanes) : hn::Zero(tag);
    for (std::int64_t k = 0; k < b.inner; ++k) {
        for (int a = 0; a < Ahead; ++a)
            hwy::Prefetch(b.ahead + (k * Ahead + a) * lanes);
        Vector weights[across];
        for (int c = 0; c < across; ++c)
            weights[c] = hn::Load(tag, b.weight + k * panel + c * lanes);
        for (int r = 0; r < Rows; ++r) {
            const Vector x = hn::Set(tag, b.x[r * b.xStride + k]);
            for (int c = 0; c < across; ++c)
                sums[r][c] = hn::MulAdd(x, weights[c], sums[r][c]);
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int c = 0; c < across; ++c)
            hn::StoreU(sums[r][c], tag, b.y + r * b.yStride + c * lanes);
}

template <int Rows> HWY_NOINLINE void tileOf(int ahead, const Block& b)
{
    if (ahead == 0)
        tile<Rows, 0>(b);
    else if (ahead == 1)
        tile<Rows, 1>(b);
    else if (ahead == 2)
        tile<Rows, 2>(b);
    else
        tile<Rows, 3>(b);
}

template <int Rows = mostRows> HWY_INLINE void tileOfRows(std::int64_t rows, int ahead, const Block& b)
{
    if constexpr (Rows > 1)
        if (rows < Rows)
            return tileOfRows<Rows - 1>(rows, ahead, b);
    tileOf<Rows>(ahead, b);
}

/// The rows of a block of x against one panel, in groups of nearly the same size; each fetches a share of the
/// next panel.
void rowsOf(const Block& whole, std::int64_t rows)
{
    const std::int64_t groups = (rows + mostRows - 1) / mostRows;
    int fetched = 0;
    for (std::int64_t group = 0; group < groups; ++group) {
        const std::int64_t first = rows * group / groups, last = rows * (group + 1) / groups;
        const int fetch = whole.ahead == nullptr ? 0 : int(across * (group + 1) / groups) - fetched;
        Block part = whole;
        part.x += first * whole.xStride;
        part.y += first * whole.yStride;
        if (fetch > 0)
            part.ahead += fetched * whole.inner * lanes;
        tileOfRows(last - first, fetch, part);
        fetched += fetch;
    }
}

/// The last panel may have columns that y does not have: they go to a place of their own.
void narrowPanel(Block block, std::int64_t rows, std::int64_t columns)
{
    thread_local std::vector<float> wide;
    wide.resize(std::max(wide.size(), std::size_t(rows * panel)));
    float* y = block.y;
    for (std::int64_t r = 0; r < rows && block.adds; ++r)
        std::copy_n(y + r * block.yStride, columns, wide.data() + r * panel);
    const std::int64_t stride = std::exchange(block.yStride, panel);
    block.y = wide.data();
    rowsOf(block, rows);
    for (std::int64_t r = 0; r < rows; ++r)
        std::copy_n(wide.data() + r * panel, columns, y + r * stride);
}

/// Part of x. Rows that lie a whole number of pages apart would fall into the same few lines of the cache.
struct RowsOfX {
    const float* data;
    std::int64_t stride;
};

RowsOfX keptApart(
    const PackedProduct& p, std::int64_t row, std::int64_t rows, std::int64_t from, std::int64_t count)
{
    const float* x = p.x + row * p.inner + from;
    if (p.inner % innerBlock != 0 || rows <= 4)
        return { x, p.inner };
    thread_local std::vector<float> apart;
    const std::int64_t stride = count + 16;
    apart.resize(std::max(apart.size(), std::size_t(rows * stride)));
    for (std::int64_t r = 0; r < rows; ++r)
        std::copy_n(x + r * p.inner, count, apart.data() + r * stride);
    return { apart.data(), stride };
}

/// Parts of nearly the same size, at most `most` each.
constexpr std::int64_t partsOf(std::int64_t count, std::int64_t most)
{
    return (count + most - 1) / most;
}

void block(const PackedProduct& p, const RowsOfX& x, std::array<std::int64_t, 2> rows,
    std::array<std::int64_t, 2> inner, std::array<std::int64_t, 2> columns)
{
    for (std::int64_t column = columns[0]; column < columns[1]; column += panel) {
        const float* weight = p.panels + column * p.inner + inner[0] * panel;
        const bool more = rows[0] == 0 && column + panel < columns[1];
        const Block one{ x.data, x.stride, inner[1] - inner[0], weight, p.y + rows[0] * p.outer + column,
            p.outer, inner[0] > 0, more ? weight + panel * p.inner : nullptr };
        if (column + panel <= p.outer)
            rowsOf(one, rows[1] - rows[0]);
        else
            narrowPanel(one, rows[1] - rows[0], p.outer - column);
    }
}

void product(const PackedProduct& p, std::int64_t first, std::int64_t last)
{
    const std::int64_t inners = partsOf(p.inner, innerBlock), blocks = partsOf(p.rows, rowBlock);
    for (std::int64_t i = 0; i < blocks; ++i) {
        const std::int64_t row = p.rows * i / blocks, end = p.rows * (i + 1) / blocks;
        for (std::int64_t j = 0; j < inners; ++j) {
            throwIfStopped();
            const std::int64_t from = p.inner * j / inners, to = p.inner * (j + 1) / inners;
            block(p, keptApart(p, row, end - row, from, to - from), { row, end }, { from, to },
                { first, last });
        }
        for (std::int64_t r = row; r < end && p.bias != nullptr; ++r)
            for (std::int64_t c = first; c < last; ++c)
                p.y[r * p.outer + c] += p.bias[c];
    }
}

#endif

} // namespace
} // namespace headlight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight {

HWY_EXPORT(width);
HWY_EXPORT(product);

namespace {

/// One panel: [inner, width], zeros after the last column of the weight.
void pack(const Tensor& weight, Transpose transpose, std::int64_t column, float* panel)
{
    const bool byRows = transpose == Transpose::Yes;
    const std::int64_t outer = weight.shape()[byRows ? 0 : 1], inner = weight.shape()[byRows ? 1 : 0];
    const std::int64_t width = panelWidth(), count = std::min(width, outer - column);
    const float* numbers = weight.floats().data();
    constexpr std::int64_t line = 16; // numbers that one line of the cache holds
    for (std::int64_t begin = 0; begin < inner; begin += line)
        for (std::int64_t c = 0; c < width; ++c)
            for (std::int64_t k = begin; k < std::min(begin + line, inner); ++k)
                panel[k * width + c] = c >= count ? 0.0f
                    : byRows                      ? numbers[(column + c) * inner + k]
                                                  : numbers[k * outer + column + c];
}

} // namespace

std::int64_t panelWidth()
{
    return HWY_DYNAMIC_DISPATCH(width)();
}

Tensor packed(const Tensor& weight, Transpose transpose)
{
    const std::int64_t outer = weight.shape()[transpose == Transpose::Yes ? 0 : 1];
    const std::int64_t inner = weight.count() / std::max<std::int64_t>(outer, 1), width = panelWidth();
    const std::int64_t panels = (outer + width - 1) / width;
    return Tensor::make({ panels, inner, width }, [&](std::span<float> all) {
        parallelFor(0, panels, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i)
                pack(weight, transpose, i * width, all.data() + i * inner * width);
        });
    });
}

void packedProduct(const PackedProduct& p, std::int64_t first, std::int64_t last)
{
    HWY_DYNAMIC_DISPATCH(product)(p, first, last);
}

} // namespace headlight
#endif
