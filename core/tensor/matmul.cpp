#include "core/tensor/matmul.h"

#include "core/base/parallel_for.h"
#include "core/tensor/bfloat_products.h"
#include "core/tensor/compute.h"
#include "core/tensor/packed_products.h"
#include "core/tensor/packed_weights.h"
#include "core/tensor/quantised_products.h"
#include "core/tensor/row_products.h"

#include <dnnl.h>
#include <numeric>
#include <omp.h>

namespace headlight {
namespace {

/// Work below this many multiplications is not worth waking another thread.
constexpr std::int64_t smallProduct = 1 << 18;
/// Numbers a task expands at a time. For few rows they stay in a core's own cache; for many the library copies them into
/// its own order anyway, and longer panels cost it less.
constexpr std::int64_t smallPanel = 96 << 10, largePanel = 1 << 20;
/// Result numbers after which the bias is added, while they are in the cache.
constexpr std::int64_t biasBlock = 512 << 10;
/// Rows of a product after which a stop is looked for: some 20 ms of work at the width of BERT-base.
constexpr std::int64_t longest = 2048;

/// oneDNN starts an OpenMP team of its own unless told; here parallelFor is the only one that starts threads.
void keepToThisThread()
{
    thread_local const bool done = [] {
        omp_set_num_threads(1);
        return true;
    }();
    static_cast<void>(done);
}

char letter(Transpose transpose)
{
    return transpose == Transpose::Yes ? 'T' : 'N';
}

/// The product over no columns: result = beta·result.
void scaleRows(const Product& p, float* result, std::int64_t stride)
{
    for (std::int64_t i = 0; i < p.m; ++i)
        for (std::int64_t j = 0; j < p.n; ++j)
            result[i * stride + j] = p.beta == 0.0f ? 0.0f : p.beta * result[i * stride + j];
}

/// A part of a row-major matrix.
struct Part {
    std::int64_t rows, columns, stride;
};

/// y += bias, row by row.
void addBias(float* y, const Part& part, const float* bias)
{
    for (std::int64_t i = 0; i < part.rows; ++i)
        for (std::int64_t j = 0; j < part.columns; ++j)
            y[i * part.stride + j] += bias[j];
}

/// Rows of x as a matrix; they are there even when they are empty.
std::int64_t rowsOf(const Tensor& x)
{
    const std::span<const std::int64_t> extents = x.shape().extents();
    return extents.empty() ? 1 : std::accumulate(extents.begin(), extents.end() - 1, std::int64_t(1), std::multiplies());
}

/// A mapped file may begin its numbers anywhere.
bool isAligned(const Tensor& tensor)
{
    return reinterpret_cast<std::uintptr_t>(tensor.data()) % alignof(float) == 0;
}

/// Which products go to rowProduct. GFLOP/s of one core (Zen 5, AVX-512; weights from memory, library → row product):
///     rows   inner 768      inner 3072
///        1    13 →  16       14 →  18   (32 to 36 GB/s: all the memory gives one core)
///       16    78 → 169       69 → 135
///       32   119 → 195      108 → 148
///       64   163 → 204      150 → 165
///       96   187 → 195      175 → 148
///      128   201 → 221      190 → 142
///      512   244 → 186
bool hasFewRows(std::int64_t rows, std::int64_t inner)
{
    return hasRowProduct(DType::F32) && (rows <= 64 || (rows <= 160 && inner <= 1024));
}

/// x · weightᵀ + bias, cut into ranges of output features.
struct LinearWork {
    const float* x;
    std::int64_t rows, inner, outer;
    const Tensor& weight;
    const float* bias; ///< may be null
    float* y;

    bool few() const { return hasFewRows(rows, inner); }
    /// Whether the stored numbers can be used as they lie in the file.
    bool direct() const
    {
        return few() ? hasRowProduct(weight.dtype()) : weight.dtype() == DType::F32 && isAligned(weight);
    }
    bool inBlocks() const { return few() && hasQuantisedProduct(weight.dtype()); }
    const std::byte* storedRow(std::int64_t row) const { return weight.data() + std::size_t(row) * storedBytes(weight.dtype(), inner); }

    /// Output features of a task.
    std::int64_t panel() const
    {
        const std::int64_t threads = rows * outer * inner < smallProduct ? 1 : threadCount();
        const std::int64_t share = few() ? 4 * threads : threads; // the library is the better the larger the product
        std::int64_t panel = std::max<std::int64_t>((outer + share - 1) / share, 32);
        if (!direct() && !inBlocks())
            panel = std::min(panel, (few() ? smallPanel : largePanel) / std::max<std::int64_t>(inner, 1));
        return std::max<std::int64_t>((panel + 3) / 4 * 4, 4);
    }

    void range(std::int64_t first, std::int64_t last) const
    {
        if (direct())
            return product(storedRow(first), weight.dtype(), first, last);
        if (inBlocks())
            return quantisedProduct({ rows, last - first, inner, x, inner, weight.dtype(), storedRow(first),
                weight.scales() == nullptr ? nullptr : weight.scales() + first * inner / blockSize(weight.dtype()), bias == nullptr ? nullptr : bias + first, y + first, outer });
        thread_local std::vector<float> expanded;
        expanded.resize(std::max(expanded.size(), std::size_t((last - first) * inner)));
        weight.expand(first * inner, (last - first) * inner, expanded.data());
        product(reinterpret_cast<const std::byte*>(expanded.data()), DType::F32, first, last);
    }

    void product(const std::byte* stored, DType type, std::int64_t first, std::int64_t last) const
    {
        if (few())
            return rowProduct({ rows, last - first, inner, x, inner, stored, type, inner, bias == nullptr ? nullptr : bias + first,
                y + first, outer });
        const float* numbers = reinterpret_cast<const float*>(stored);
        const bool whole = bias == nullptr && rows <= longest;
        const std::int64_t step = whole ? last - first : std::max<std::int64_t>(biasBlock / std::max<std::int64_t>(rows, 1), 256);
        for (std::int64_t block = first; block < last; block += step) {
            throwIfStopped();
            const std::int64_t end = std::min(block + step, last);
            multiply({ rows, end - block, inner }, { x, inner }, { numbers + (block - first) * inner, inner, Transpose::Yes },
                y + block, outer);
            if (bias != nullptr)
                addBias(y + block, { rows, end - block, outer }, bias + block);
        }
    }
};

/// Either product with the panels of a weight that is used again and again.
void linearPacked(const PackedProduct& p)
{
    const std::int64_t width = panelWidth(), panels = (p.outer + width - 1) / width;
    const std::int64_t tasks = p.rows * p.outer * p.inner < smallProduct ? 1 : threadCount();
    parallelFor(0, panels, (panels + tasks - 1) / tasks, [&](std::int64_t first, std::int64_t last) {
        packedProduct(p, first * width, std::min(last * width, p.outer));
    });
}

/// linearTransposed() for weights that must be expanded first: each task expands its own columns once. A whole number of quantised blocks.
void linearTransposedExpanding(const Tensor& x, const Tensor& weight, std::span<float> y)
{
    constexpr std::int64_t largestBlock = 256;
    const std::int64_t rows = rowsOf(x), inner = weight.shape()[0], outer = weight.shape()[1];
    const std::int64_t fitting = (rows <= 64 ? 2 * smallPanel : largePanel) / std::max<std::int64_t>(inner, 1);
    const std::int64_t panel = std::max<std::int64_t>(fitting / largestBlock, 1) * largestBlock;
    parallelFor(0, outer, panel, [&](std::int64_t first, std::int64_t last) {
        thread_local std::vector<float> expanded;
        expanded.resize(std::size_t((last - first) * inner));
        for (std::int64_t k = 0; k < inner; ++k)
            weight.expand(k * outer + first, last - first, expanded.data() + k * (last - first));
        multiply({ rows, last - first, inner }, { x.floats().data(), inner }, { expanded.data(), last - first },
            y.data() + first, outer);
    });
}

/// Below this many rows a product waits for its weights, whatever it computes in.
constexpr std::int64_t bfloatRows = 24;

bool computesInBfloat(std::int64_t rows)
{
    return currentCompute() == Compute::Bfloat16 && rows >= bfloatRows && !insideParallelFor() && isAvailable(Compute::Bfloat16);
}

std::vector<std::uint16_t> rounded(std::span<const float> numbers)
{
    std::vector<std::uint16_t> bits(numbers.size());
    parallelFor(0, std::int64_t(numbers.size()), 1 << 16, [&](std::int64_t first, std::int64_t last) {
        roundToBfloats(numbers.data() + first, last - first, bits.data() + first);
    });
    return bits;
}

/// Numbers of a weight as bfloat16.
void storedAsBfloats(const Tensor& weight, std::int64_t first, std::int64_t count, std::uint16_t* target)
{
    if (weight.dtype() == DType::BF16) {
        std::memcpy(target, weight.data() + first * 2, std::size_t(count) * 2);
        return;
    }
    thread_local std::vector<float> expanded;
    expanded.resize(std::max(expanded.size(), std::size_t(count)));
    weight.expand(first, count, expanded.data());
    roundToBfloats(expanded.data(), count, target);
}

/// linear(), or linearTransposed() with Transpose::No, in bfloat16: a task rounds its own part of the weight, which stays
/// in the cache, until the weight is used often enough to be kept rounded.
void linearInBfloat(const Tensor& x, const Tensor& stored, Transpose transpose, const float* bias, float* y)
{
    constexpr std::int64_t panelNumbers = 384 << 10, block = 256; // a whole number of quantised blocks
    const Tensor kept = bfloatsOf(stored);
    const Tensor& weight = kept.empty() ? stored : kept;
    const bool byRows = transpose == Transpose::Yes;
    const std::int64_t rows = rowsOf(x), outer = weight.shape()[byRows ? 0 : 1], inner = weight.shape()[byRows ? 1 : 0];
    const std::int64_t share = (outer + threadCount() - 1) / threadCount();
    const std::int64_t fitting = std::min(panelNumbers / std::max<std::int64_t>(inner, 1), share);
    const std::int64_t panel = byRows ? std::max<std::int64_t>(fitting, 32) : (std::max<std::int64_t>(fitting, 1) + block - 1) / block * block;
    const std::vector<std::uint16_t> input = rounded(x.floats());
    parallelFor(0, outer, panel, [&](std::int64_t first, std::int64_t last) {
        thread_local std::vector<std::uint16_t> part;
        const std::int64_t columns = last - first;
        part.resize(std::max(part.size(), std::size_t(columns * inner)));
        const bool asItLies = byRows && weight.dtype() == DType::BF16 && isAligned(weight);
        for (std::int64_t i = 0; i < (byRows ? columns : inner) && !asItLies; ++i) {
            if (byRows)
                storedAsBfloats(weight, (first + i) * inner, inner, part.data() + i * inner);
            else
                storedAsBfloats(weight, i * outer + first, columns, part.data() + i * columns);
        }
        const auto* numbers = asItLies ? reinterpret_cast<const std::uint16_t*>(weight.data()) + first * inner : part.data();
        bfloatProduct({ rows, columns, inner, input.data(), numbers, transpose, y + first, outer });
        if (bias != nullptr)
            addBias(y + first, { rows, columns, outer }, bias + first);
    });
}

} // namespace

void multiply(const Product& p, const MatrixView& a, const MatrixView& b, float* result, std::int64_t resultStride)
{
    if (p.m == 0 || p.n == 0)
        return;
    if (p.k == 0) // oneDNN leaves the result as it was
        return scaleRows(p, result, resultStride);
    keepToThisThread();
    const dnnl_status_t status = dnnl_sgemm(letter(a.transpose), letter(b.transpose), p.m, p.n, p.k, p.alpha, a.data,
        a.stride, b.data, b.stride, p.beta, result, resultStride);
    HEADLIGHT_CHECK(status == dnnl_success, fmt::format("matrix product {}x{}x{} refused", p.m, p.k, p.n));
}

void multiplyParallel(
    const Product& p, const MatrixView& a, const MatrixView& b, float* result, std::int64_t resultStride)
{
    const std::int64_t threads = p.m * p.n * p.k < smallProduct ? 1 : threadCount();
    const bool byRows = p.m >= p.n;
    const std::int64_t extent = byRows ? p.m : p.n;
    const std::int64_t grain = std::clamp<std::int64_t>((extent + threads - 1) / threads, 16, longest);
    parallelFor(0, extent, grain, [&](std::int64_t first, std::int64_t last) {
        Product part = p;
        MatrixView left = a, right = b;
        if (byRows) {
            part.m = last - first;
            left.data += a.transpose == Transpose::Yes ? first : first * a.stride;
            multiply(part, left, right, result + first * resultStride, resultStride);
        } else {
            part.n = last - first;
            right.data += b.transpose == Transpose::Yes ? first * b.stride : first;
            multiply(part, left, right, result + first, resultStride);
        }
    });
}

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    const std::int64_t rows = rowsOf(x), inner = x.shape()[-1], outer = weight.shape()[0];
    HEADLIGHT_CHECK(weight.shape() == Shape({ outer, inner }),
        fmt::format("a linear map of {} by {}", x.shape().toString(), weight.shape().toString()));
    HEADLIGHT_CHECK(bias.empty() || bias.shape() == Shape { outer }, "a bias of another length than its weight");
    std::vector<std::int64_t> extents(x.shape().extents().begin(), x.shape().extents().end());
    extents.back() = outer;
    const Tensor biasFloats = bias.empty() ? bias : bias.toFloat();
    return Tensor::make(Shape(std::span<const std::int64_t>(extents)), [&](std::span<float> y) {
        if (computesInBfloat(rows))
            return linearInBfloat(x, weight, Transpose::Yes, bias.empty() ? nullptr : biasFloats.floats().data(), y.data());
        const float* added = bias.empty() ? nullptr : biasFloats.floats().data();
        if (const Tensor panels = panelsOf(weight, Transpose::Yes); !panels.empty())
            return linearPacked({ rows, inner, outer, x.floats().data(), panels.floats().data(), added, y.data() });
        const LinearWork work { x.floats().data(), rows, inner, outer, weight, added, y.data() };
        parallelFor(0, rows == 0 ? 0 : outer, work.panel(), [&](std::int64_t first, std::int64_t last) { work.range(first, last); });
    });
}

Tensor linearTransposed(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    const std::int64_t rows = rowsOf(x), inner = weight.shape()[0], outer = weight.shape()[1];
    HEADLIGHT_CHECK(x.shape().columns() == inner, fmt::format("{} times {}", x.shape().toString(), weight.shape().toString()));
    HEADLIGHT_CHECK(bias.empty() || bias.shape() == Shape { outer }, "a bias of another length than its weight");
    const Tensor biasFloats = bias.empty() ? bias : bias.toFloat();
    return Tensor::make({ rows, outer }, [&](std::span<float> y) {
        if (computesInBfloat(rows))
            return linearInBfloat(x, weight, Transpose::No, bias.empty() ? nullptr : biasFloats.floats().data(), y.data());
        if (const Tensor panels = panelsOf(weight, Transpose::No); !panels.empty())
            return linearPacked({ rows, inner, outer, x.floats().data(), panels.floats().data(),
                bias.empty() ? nullptr : biasFloats.floats().data(), y.data() });
        if (weight.dtype() == DType::F32 && isAligned(weight)) {
            multiplyParallel({ rows, outer, inner }, { x.floats().data(), inner }, { weight.floats().data(), outer }, y.data(), outer);
        } else {
            linearTransposedExpanding(x, weight, y);
        }
        if (!bias.empty())
            addBias(y.data(), { rows, outer, outer }, biasFloats.floats().data());
    });
}

} // namespace headlight
