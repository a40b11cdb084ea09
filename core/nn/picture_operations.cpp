// Pixels under the windows of a few output rows are copied into a matrix, and the matrix product does the work; a
// picture is never unfolded as a whole.

#include "core/nn/picture_operations.h"

#include "core/base/check.h"
#include "core/base/parallel_for.h"
#include "core/tensor/matmul.h"

namespace headlight {
namespace {

/// Numbers unfolded at a time: 4 MB, so that a kernel of many channels is not read again for a few places.
constexpr std::int64_t blockNumbers = 1 << 20;

struct Extent {
    std::int64_t channels, height, width, outputs, groupChannels, kernelHeight, kernelWidth, outHeight, outWidth;
    WindowSteps steps;

    std::int64_t window() const { return groupChannels * kernelHeight * kernelWidth; }
    std::int64_t places() const { return outHeight * outWidth; }
    /// A product of the picture as it lies in memory.
    bool pointwise() const
    {
        return kernelHeight == 1 && kernelWidth == 1 && steps.stride == 1 && steps.padding == 0;
    }
};

Extent extentOf(const Shape& x, const Shape& weight, const WindowSteps& steps)
{
    HEADLIGHT_CHECK(x.rank() == 3 && weight.rank() == 4 && steps.groups > 0 && weight[0] % steps.groups == 0
            && x[0] == weight[1] * steps.groups,
        fmt::format("{} convolved with {}", x.toString(), weight.toString()));
    const Extent e { x[0], x[1], x[2], weight[0], weight[1], weight[2], weight[3], steps.places(x[1], weight[2]),
        steps.places(x[2], weight[3]), steps };
    HEADLIGHT_CHECK(e.places() > 0, fmt::format("{} under a window of {}", x.toString(), weight.toString()));
    return e;
}

/// One row of output places under one pixel of the window; what lies beside the picture is 0.
void unfoldRow(const Extent& e, const float* line, std::int64_t kernelColumn, float* target)
{
    const std::int64_t first = kernelColumn * e.steps.dilation - e.steps.padding;
    for (std::int64_t j = 0; j < e.outWidth; ++j) {
        const std::int64_t column = first + j * e.steps.stride;
        target[j] = line != nullptr && column >= 0 && column < e.width ? line[column] : 0.0f;
    }
}

/// Shapes: → [window(), rows·outWidth] for output rows [first,last) and the channels of one group.
void unfold(const Extent& e, const float* channels, std::int64_t first, std::int64_t last, std::vector<float>& columns)
{
    columns.resize(std::size_t(e.window() * (last - first) * e.outWidth));
    float* target = columns.data();
    for (std::int64_t c = 0; c < e.groupChannels; ++c)
        for (std::int64_t a = 0; a < e.kernelHeight; ++a)
            for (std::int64_t b = 0; b < e.kernelWidth; ++b)
                for (std::int64_t i = first; i < last; ++i, target += e.outWidth) {
                    const std::int64_t row = i * e.steps.stride + a * e.steps.dilation - e.steps.padding;
                    const bool inside = row >= 0 && row < e.height;
                    unfoldRow(e, inside ? channels + (c * e.height + row) * e.width : nullptr, b, target);
                }
}

void applyFinish(const ChannelFinish& finish, std::int64_t channel, float* values, std::int64_t count)
{
    const float scale = finish.scale.empty() ? 1.0f : finish.scale[std::size_t(channel)];
    const float shift = finish.shift.empty() ? 0.0f : finish.shift[std::size_t(channel)];
    if (!finish.scale.empty() || !finish.shift.empty())
        for (std::int64_t i = 0; i < count; ++i)
            values[i] = scale * values[i] + shift;
    if (finish.activation != kernels::Activation::Identity)
        kernels::activate(finish.activation, values, values, count);
}

/// Output rows [first,last) of all channels.
void convolveRows(const Extent& e, const float* x, const float* weight, const ChannelFinish& finish, std::int64_t first,
    std::int64_t last, float* y)
{
    thread_local std::vector<float> columns;
    const std::int64_t groupOutputs = e.outputs / e.steps.groups, count = (last - first) * e.outWidth;
    for (std::int64_t g = 0; g < e.steps.groups; ++g) {
        const float* channels = x + g * e.groupChannels * e.height * e.width;
        MatrixView pixels { channels + first * e.outWidth, e.places() };
        if (!e.pointwise()) {
            unfold(e, channels, first, last, columns);
            pixels = { columns.data(), count };
        }
        multiply({ groupOutputs, count, e.window() }, { weight + g * groupOutputs * e.window(), e.window() }, pixels,
            y + g * groupOutputs * e.places() + first * e.outWidth, e.places());
    }
    for (std::int64_t n = 0; n < e.outputs; ++n)
        applyFinish(finish, n, y + n * e.places() + first * e.outWidth, count);
}

} // namespace

std::int64_t WindowSteps::places(std::int64_t length, std::int64_t size) const
{
    const std::int64_t room = length + 2 * padding - (size - 1) * dilation - 1;
    return room < 0 ? 0 : room / stride + 1;
}

Tensor convolvePicture(const Tensor& picture, const Tensor& weight, const WindowSteps& steps, const ChannelFinish& finish)
{
    const Extent e = extentOf(picture.shape(), weight.shape(), steps);
    const Tensor kernel = weight.toFloat(), x = picture.toFloat();
    const std::int64_t rows = std::clamp<std::int64_t>(blockNumbers / (e.window() * e.outWidth), 1, e.outHeight);
    return Tensor::make({ e.outputs, e.outHeight, e.outWidth }, [&](std::span<float> out) {
        parallelFor(0, (e.outHeight + rows - 1) / rows, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t block = first; block < last; ++block)
                convolveRows(e, x.floats().data(), kernel.floats().data(), finish, block * rows,
                    std::min(e.outHeight, (block + 1) * rows), out.data());
        });
    });
}

Tensor maximumPool(const Tensor& picture, std::int64_t size, const WindowSteps& steps)
{
    const std::int64_t height = picture.shape()[1], width = picture.shape()[2];
    const std::int64_t outHeight = steps.places(height, size), outWidth = steps.places(width, size);
    HEADLIGHT_CHECK(outHeight * outWidth > 0, fmt::format("{} under a window of {}", picture.shape().toString(), size));
    const auto largest = [&](const float* channel, std::int64_t i, std::int64_t j) {
        float found = -std::numeric_limits<float>::infinity();
        for (std::int64_t a = 0; a < size; ++a)
            for (std::int64_t b = 0; b < size; ++b) {
                const std::int64_t row = i * steps.stride + a * steps.dilation - steps.padding;
                const std::int64_t column = j * steps.stride + b * steps.dilation - steps.padding;
                if (row >= 0 && row < height && column >= 0 && column < width)
                    found = std::max(found, channel[row * width + column]);
            }
        return found;
    };
    return Tensor::make({ picture.shape()[0], outHeight, outWidth }, [&](std::span<float> out) {
        parallelFor(0, picture.shape()[0], 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t c = first; c < last; ++c)
                for (std::int64_t i = 0; i < outHeight * outWidth; ++i)
                    out[std::size_t(c * outHeight * outWidth + i)]
                        = largest(picture.floats().data() + c * height * width, i / outWidth, i % outWidth);
        });
    });
}

} // namespace headlight
