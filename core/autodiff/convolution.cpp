// A window of rows is copied side by side, and the kernel becomes a matrix: the work is done by the matrix
// product. Blocks of windows stay in the cache, so that a long sound is never unfolded as a whole.
#include "core/autodiff/convolution.h"

#include "core/base/check.h"
#include "core/base/parallel_for.h"
#include "core/tensor/kernels.h"
#include "core/tensor/matmul.h"

namespace headlight {
namespace {

/// Numbers of unfolded windows at a time: 1 MB.
constexpr std::int64_t blockNumbers = 1 << 18;

/// The sizes of one convolution.
struct Extent {
    std::int64_t rows, channels, outputs, kernel, outRows;
    ConvolutionSteps steps;

    std::int64_t groupChannels() const { return channels / steps.groups; }
    std::int64_t groupOutputs() const { return outputs / steps.groups; }
    /// Numbers under the kernel, for one group.
    std::int64_t window() const { return kernel * groupChannels(); }
    std::int64_t blockRows() const { return std::clamp<std::int64_t>(blockNumbers / window(), 1, outRows); }
};

Extent extentOf(const Shape& x, const Shape& weight, const ConvolutionSteps& steps)
{
    const bool fits = x.rank() == 2 && weight.rank() == 3 && steps.groups > 0 && steps.stride > 0
        && weight[0] % steps.groups == 0 && x[1] == weight[1] * steps.groups;
    HEADLIGHT_CHECK(fits, fmt::format("{} convolved with {}", x.toString(), weight.toString()));
    Extent extent{ x[0], x[1], weight[0], weight[2], convolvedRows(x[0], weight[2], steps), steps };
    HEADLIGHT_CHECK(
        extent.outRows > 0, fmt::format("{} rows under a kernel of {}", extent.rows, extent.kernel));
    return extent;
}

/// [N,C/G,K] → [N,K,C/G]: in the order in which a window of rows lies in memory.
std::vector<float> windowOrder(std::span<const float> weight, const Extent& e)
{
    std::vector<float> ordered(weight.size());
    const std::int64_t channels = e.groupChannels();
    for (std::int64_t n = 0; n < e.outputs; ++n)
        for (std::int64_t c = 0; c < channels; ++c)
            for (std::int64_t k = 0; k < e.kernel; ++k)
                ordered[std::size_t((n * e.kernel + k) * channels + c)] =
                    weight[std::size_t((n * channels + c) * e.kernel + k)];
    return ordered;
}

/// Runs body(input row, place in the block) for each row under each window of [first,last) that is not
/// padding.
template <typename Body>
void forWindows(const Extent& e, std::int64_t first, std::int64_t last, const Body& body)
{
    for (std::int64_t t = first; t < last; ++t)
        for (std::int64_t k = 0; k < e.kernel; ++k) {
            const std::int64_t row = t * e.steps.stride + k - e.steps.padding;
            if (row >= 0 && row < e.rows)
                body(row, (t - first) * e.window() + k * e.groupChannels());
        }
}

/// The windows of output rows [first,last) for one group. Shape: [last-first, K·C/G].
void unfold(const float* x, const Extent& e, std::int64_t group, std::int64_t first, std::int64_t last,
    std::vector<float>& windows)
{
    windows.assign(std::size_t((last - first) * e.window()), 0.0f);
    const float* source = x + group * e.groupChannels();
    forWindows(e, first, last, [&](std::int64_t row, std::int64_t place) {
        std::copy_n(source + row * e.channels, e.groupChannels(), windows.begin() + place);
    });
}

void forwardBlock(const Extent& e, const float* x, const std::vector<float>& weight, std::int64_t first,
    std::int64_t last, float* y)
{
    thread_local std::vector<float> windows;
    for (std::int64_t g = 0; g < e.steps.groups; ++g) {
        unfold(x, e, g, first, last, windows);
        multiply({ last - first, e.groupOutputs(), e.window() }, { windows.data(), e.window() },
            { weight.data() + g * e.groupOutputs() * e.window(), e.window(), Transpose::Yes },
            y + first * e.outputs + g * e.groupOutputs(), e.outputs);
    }
}

/// Adds to dWeight [N,C/G,K].
void weightGradient(const Extent& e, const Tensor& x, const Tensor& dy, std::span<float> dWeight)
{
    std::vector<float> ordered(dWeight.size(), 0.0f), windows;
    for (std::int64_t first = 0; first < e.outRows; first += e.blockRows()) {
        const std::int64_t last = std::min(e.outRows, first + e.blockRows());
        for (std::int64_t g = 0; g < e.steps.groups; ++g) {
            unfold(x.floats().data(), e, g, first, last, windows);
            const float* part = dy.floats().data() + first * e.outputs + g * e.groupOutputs();
            multiplyParallel({ e.groupOutputs(), e.window(), last - first, 1.0f, 1.0f },
                { part, e.outputs, Transpose::Yes }, { windows.data(), e.window() },
                ordered.data() + g * e.groupOutputs() * e.window(), e.window());
        }
    }
    const std::int64_t channels = e.groupChannels();
    for (std::int64_t n = 0; n < e.outputs; ++n)
        for (std::int64_t c = 0; c < channels; ++c)
            for (std::int64_t k = 0; k < e.kernel; ++k)
                dWeight[std::size_t((n * channels + c) * e.kernel + k)] +=
                    ordered[std::size_t((n * e.kernel + k) * channels + c)];
}

/// Adds to dx [T,C].
void inputGradient(const Extent& e, const std::vector<float>& weight, const Tensor& dy, std::span<float> dx)
{
    std::vector<float> windows;
    for (std::int64_t first = 0; first < e.outRows; first += e.blockRows()) {
        const std::int64_t last = std::min(e.outRows, first + e.blockRows());
        windows.resize(std::size_t((last - first) * e.window()));
        for (std::int64_t g = 0; g < e.steps.groups; ++g) {
            const float* part = dy.floats().data() + first * e.outputs + g * e.groupOutputs();
            multiplyParallel({ last - first, e.window(), e.groupOutputs() }, { part, e.outputs },
                { weight.data() + g * e.groupOutputs() * e.window(), e.window() }, windows.data(),
                e.window());
            float* target = dx.data() + g * e.groupChannels();
            forWindows(e, first, last, [&](std::int64_t row, std::int64_t place) {
                kernels::accumulate(
                    1.0f, windows.data() + place, target + row * e.channels, e.groupChannels());
            });
        }
    }
}

} // namespace

std::int64_t convolvedRows(std::int64_t rows, std::int64_t kernel, const ConvolutionSteps& steps)
{
    const std::int64_t room = rows + 2 * steps.padding - kernel;
    return room < 0 ? 0 : room / steps.stride + 1;
}

Var convolve(const Var& x, const Var& weight, const Var& bias, const ConvolutionSteps& steps)
{
    const Extent e = extentOf(x.shape(), weight.shape(), steps);
    std::vector<float> ordered = windowOrder(weight.value().toFloat().floats(), e);
    const Tensor b = bias.empty() ? Tensor() : bias.value().toFloat();
    Tensor y = Tensor::make({ e.outRows, e.outputs }, [&](std::span<float> out) {
        parallelFor(0, e.outRows, e.blockRows(), [&](std::int64_t first, std::int64_t last) {
            forwardBlock(e, x.value().floats().data(), ordered, first, last, out.data());
            for (std::int64_t t = first; t < last && !b.empty(); ++t)
                kernels::accumulate(1.0f, b.floats().data(), out.data() + t * e.outputs, e.outputs);
        });
    });
    return Tape::record(std::move(y), { &x, &weight, &bias },
        [e, x = x.value(), ordered = std::move(ordered)](const Tensor& dy, GradientSink& sink) {
            if (sink.wants(0))
                inputGradient(e, ordered, dy, sink.buffer(0));
            if (sink.wants(1))
                weightGradient(e, x, dy, sink.buffer(1));
            if (sink.wants(2))
                kernels::addRows(dy.floats().data(), sink.buffer(2).data(), e.outRows, e.outputs);
        });
}

} // namespace headlight
