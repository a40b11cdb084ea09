#include "core/tensor/matmul.h"

#include "core/base/parallel_for.h"

#include <dnnl.h>
#include <omp.h>

namespace headlight {
namespace {

/// Work below this many multiplications is not worth waking another thread.
constexpr std::int64_t smallProduct = 1 << 18;
/// Output features expanded at a time: 64 rows of 3072 numbers are 768 KB, within a core's second-level cache.
constexpr std::int64_t expandBytes = 768 << 10;

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

/// y [rows,N] += bias, row by row.
void addBias(float* y, std::int64_t rows, std::int64_t columns, const float* bias)
{
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
            y[i * columns + j] += bias[j];
}

/// A mapped file may begin its numbers anywhere.
bool isAligned(const Tensor& tensor)
{
    return reinterpret_cast<std::uintptr_t>(tensor.data()) % alignof(float) == 0;
}

/// linear() for weights that must be expanded first: each task expands its own output features once.
void linearExpanding(const Tensor& x, const Tensor& weight, std::span<float> y)
{
    const std::int64_t rows = x.shape().rows(), inner = weight.shape()[1], outer = weight.shape()[0];
    const std::int64_t panel = std::clamp<std::int64_t>(expandBytes / std::int64_t(sizeof(float)) / std::max<std::int64_t>(inner, 1), 1, std::max<std::int64_t>(outer, 1));
    parallelFor(0, outer, panel, [&](std::int64_t first, std::int64_t last) {
        thread_local std::vector<float> expanded;
        expanded.resize(std::size_t((last - first) * inner));
        weight.expand(first * inner, (last - first) * inner, expanded.data());
        multiply({ rows, last - first, inner }, { x.floats().data(), inner },
            { expanded.data(), inner, Transpose::Yes }, y.data() + first, outer);
    });
}

/// linearTransposed() for such weights: each task expands its own columns once. A whole number of quantised blocks.
void linearTransposedExpanding(const Tensor& x, const Tensor& weight, std::span<float> y)
{
    constexpr std::int64_t largestBlock = 256;
    const std::int64_t rows = x.shape().rows(), inner = weight.shape()[0], outer = weight.shape()[1];
    const std::int64_t fitting = expandBytes / std::int64_t(sizeof(float)) / std::max<std::int64_t>(inner, 1);
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
    const std::int64_t grain = std::max<std::int64_t>((extent + threads - 1) / threads, 16);
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
    const std::int64_t rows = x.shape().rows(), inner = x.shape()[-1], outer = weight.shape()[0];
    HEADLIGHT_CHECK(weight.shape() == Shape({ outer, inner }),
        fmt::format("a linear map of {} by {}", x.shape().toString(), weight.shape().toString()));
    HEADLIGHT_CHECK(bias.empty() || bias.shape() == Shape { outer }, "a bias of another length than its weight");
    std::vector<std::int64_t> extents(x.shape().extents().begin(), x.shape().extents().end());
    extents.back() = outer;
    const Tensor biasFloats = bias.empty() ? bias : bias.toFloat();
    return Tensor::make(Shape(std::span<const std::int64_t>(extents)), [&](std::span<float> y) {
        if (weight.dtype() == DType::F32 && isAligned(weight)) {
            multiplyParallel({ rows, outer, inner }, { x.floats().data(), inner },
                { weight.floats().data(), inner, Transpose::Yes }, y.data(), outer);
        } else {
            linearExpanding(x, weight, y);
        }
        if (!bias.empty())
            addBias(y.data(), rows, outer, biasFloats.floats().data());
    });
}

Tensor linearTransposed(const Tensor& x, const Tensor& weight, const Tensor& bias)
{
    const std::int64_t rows = x.shape().rows(), inner = weight.shape()[0], outer = weight.shape()[1];
    HEADLIGHT_CHECK(x.shape().columns() == inner, fmt::format("{} times {}", x.shape().toString(), weight.shape().toString()));
    HEADLIGHT_CHECK(bias.empty() || bias.shape() == Shape { outer }, "a bias of another length than its weight");
    const Tensor biasFloats = bias.empty() ? bias : bias.toFloat();
    return Tensor::make({ rows, outer }, [&](std::span<float> y) {
        if (weight.dtype() == DType::F32 && isAligned(weight)) {
            multiplyParallel({ rows, outer, inner }, { x.floats().data(), inner }, { weight.floats().data(), outer }, y.data(), outer);
        } else {
            linearTransposedExpanding(x, weight, y);
        }
        if (!bias.empty())
            addBias(y.data(), rows, outer, biasFloats.floats().data());
    });
}

} // namespace headlight
