// Operations that move numbers about: columns taken and joined, rows averaged, rotary positions.

#include "core/autodiff/operations.h"

#include "core/base/parallel_for.h"

namespace headlight {
namespace {

std::int64_t widthOf(std::span<const ColumnRange> ranges)
{
    std::int64_t width = 0;
    for (const ColumnRange& range : ranges)
        width += range.last - range.first;
    return width;
}

/// Turns every head of every row; `direction` -1 turns back, which is the derivative.
Tensor rotated(const Tensor& x, std::int64_t headSize, const RotaryAngles& angles, float direction)
{
    const std::int64_t rows = x.shape().rows(), width = x.shape().columns(), half = angles.cosines.shape().columns();
    const bool halves = angles.pairs == RotaryPairs::Halves;
    return Tensor::make(x.shape(), [&](std::span<float> out) {
        parallelFor(0, rows, std::max<std::int64_t>(1, (1 << 14) / width), [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                const float *c = angles.cosines.row(i).data(), *s = angles.sines.row(i).data();
                for (std::int64_t head = 0; head < width; head += headSize) {
                    const float* from = x.floats().data() + i * width + head;
                    float* to = out.data() + i * width + head;
                    std::copy(from + 2 * half, from + headSize, to + 2 * half);
                    for (std::int64_t j = 0; j < half; ++j) {
                        const std::int64_t a = halves ? j : 2 * j, b = halves ? j + half : 2 * j + 1;
                        to[a] = from[a] * c[j] - direction * from[b] * s[j];
                        to[b] = from[b] * c[j] + direction * from[a] * s[j];
                    }
                }
            }
        });
    });
}

} // namespace

Var selectColumns(const Var& x, std::span<const ColumnRange> ranges)
{
    const std::int64_t rows = x.shape().rows(), stride = x.shape().columns(), width = widthOf(ranges);
    const std::vector<ColumnRange> kept(ranges.begin(), ranges.end());
    for (const ColumnRange& range : kept)
        HEADLIGHT_CHECK(0 <= range.first && range.first <= range.last && range.last <= stride, "columns outside of the matrix");
    Tensor taken = Tensor::make({ rows, width }, [&](std::span<float> out) {
        float* target = out.data();
        for (std::int64_t i = 0; i < rows; ++i)
            for (const ColumnRange& range : kept) {
                const float* row = x.value().floats().data() + i * stride;
                target = std::copy(row + range.first, row + range.last, target);
            }
    });
    return Tape::record(std::move(taken), { &x }, [kept, rows, stride](const Tensor& gradient, GradientSink& sink) {
        const float* from = gradient.floats().data();
        float* to = sink.buffer(0).data();
        for (std::int64_t i = 0; i < rows; ++i)
            for (const ColumnRange& range : kept) {
                const std::int64_t count = range.last - range.first;
                kernels::accumulate(1.0f, from, to + i * stride + range.first, count);
                from += count;
            }
    });
}

Var concatenateColumns(std::span<const Var> parts)
{
    HEADLIGHT_CHECK(!parts.empty(), "a concatenation of nothing");
    const std::int64_t rows = parts.front().shape().rows();
    std::vector<std::int64_t> widths;
    std::int64_t total = 0;
    for (const Var& part : parts) {
        HEADLIGHT_CHECK(part.shape().rows() == rows, "parts of different height");
        widths.push_back(part.shape().columns());
        total += widths.back();
    }
    Tensor joined = Tensor::make({ rows, total }, [&](std::span<float> out) {
        float* target = out.data();
        for (std::int64_t i = 0; i < rows; ++i)
            for (const Var& part : parts)
                target = std::copy(part.value().row(i).begin(), part.value().row(i).end(), target);
    });
    return Tape::record(std::move(joined), parts, [widths, rows, total](const Tensor& gradient, GradientSink& sink) {
        std::int64_t first = 0;
        for (std::size_t p = 0; p < widths.size(); first += widths[p++]) {
            if (!sink.wants(p))
                continue;
            float* to = sink.buffer(p).data();
            for (std::int64_t i = 0; i < rows; ++i)
                kernels::accumulate(1.0f, gradient.floats().data() + i * total + first, to + i * widths[p], widths[p]);
        }
    });
}

Var meanRows(const Var& x, std::span<const std::int64_t> begins)
{
    HEADLIGHT_CHECK(begins.size() >= 2, "no group of rows");
    const std::int64_t groups = std::int64_t(begins.size()) - 1, width = x.shape().columns();
    const std::vector<std::int64_t> kept(begins.begin(), begins.end());
    Tensor means = Tensor::make({ groups, width }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        for (std::size_t g = 0; g + 1 < kept.size(); ++g)
            for (std::int64_t i = kept[g]; i < kept[g + 1]; ++i)
                kernels::accumulate(1.0f / float(kept[g + 1] - kept[g]), x.value().row(i).data(), out.data() + std::int64_t(g) * width, width);
    });
    return Tape::record(std::move(means), { &x }, [kept, width](const Tensor& gradient, GradientSink& sink) {
        float* to = sink.buffer(0).data();
        for (std::size_t g = 0; g + 1 < kept.size(); ++g)
            for (std::int64_t i = kept[g]; i < kept[g + 1]; ++i)
                kernels::accumulate(1.0f / float(kept[g + 1] - kept[g]), gradient.row(std::int64_t(g)).data(), to + i * width, width);
    });
}

Var rotate(const Var& x, std::int64_t headSize, const RotaryAngles& angles)
{
    HEADLIGHT_CHECK(angles.cosines.shape().rows() == x.shape().rows() && 2 * angles.cosines.shape().columns() <= headSize
            && x.shape().columns() % headSize == 0,
        "rotary angles for another shape");
    return Tape::record(rotated(x.value(), headSize, angles, 1.0f), { &x },
        [headSize, angles](const Tensor& gradient, GradientSink& sink) { sink.add(0, rotated(gradient, headSize, angles, -1.0f)); });
}

} // namespace headlight
