#include "core/autodiff/routing.h"

#include "core/base/parallel_for.h"
#include "core/tensor/kernels.h"

#include <numeric>

namespace headlight {
namespace {

/// Rows per piece of a loop over rows.
std::int64_t grainOf(std::int64_t columns)
{
    return std::max<std::int64_t>(1, (1 << 14) / std::max<std::int64_t>(1, columns));
}

void forEachRow(std::int64_t rows, std::int64_t columns, const std::function<void(std::int64_t row)>& body)
{
    parallelFor(0, rows, grainOf(columns), [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t row = first; row < last; ++row)
            body(row);
    });
}

float sigmoid(float x)
{
    return 1.0f / (1.0f + std::exp(-x));
}

} // namespace

Var softmaxRows(const Var& x)
{
    const std::int64_t rows = x.shape().rows(), columns = x.shape().columns();
    Tensor weights = Tensor::make(x.shape(), [&](std::span<float> out) {
        std::copy(x.value().floats().begin(), x.value().floats().end(), out.begin());
        forEachRow(rows, columns,
            [&](std::int64_t row) { kernels::softmaxRow(out.data() + row * columns, columns); });
    });
    return Tape::record(weights, { &x }, [weights, rows, columns](const Tensor& dy, GradientSink& sink) {
        sink.add(0, Tensor::make(weights.shape(), [&](std::span<float> dx) {
            forEachRow(rows, columns, [&](std::int64_t row) {
                kernels::softmaxRowBackward(
                    weights.row(row).data(), dy.row(row).data(), dx.data() + row * columns, columns);
            });
        }));
    });
}

Var takeColumns(const Var& x, std::span<const std::int32_t> columns)
{
    const std::int64_t rows = x.shape().rows(), width = x.shape().columns(),
                       taken = std::int64_t(columns.size()) / std::max<std::int64_t>(rows, 1);
    HEADLIGHT_CHECK(std::int64_t(columns.size()) == rows * taken, "as many columns of each row");
    Tensor picked = Tensor::make({ rows, taken }, [&](std::span<float> out) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            out[i] = x.value().floats()[std::size_t(std::int64_t(i) / taken * width + columns[i])];
    });
    return Tape::record(std::move(picked), { &x },
        [kept = std::vector<std::int32_t>(columns.begin(), columns.end()), taken, width](
            const Tensor& dy, GradientSink& sink) {
            const std::span<float> dx = sink.buffer(0);
            for (std::size_t i = 0; i < kept.size(); ++i)
                dx[std::size_t(std::int64_t(i) / taken * width + kept[i])] += dy.floats()[i];
        });
}

Var normalizeSums(const Var& x)
{
    const std::int64_t rows = x.shape().rows(), columns = x.shape().columns();
    std::vector<float> sums(static_cast<std::size_t>(rows));
    Tensor shares = Tensor::make(x.shape(), [&](std::span<float> out) {
        for (std::int64_t row = 0; row < rows; ++row) {
            const std::span<const float> numbers = x.value().row(row);
            const float sum = std::accumulate(numbers.begin(), numbers.end(), 0.0f);
            sums[std::size_t(row)] = sum;
            std::transform(numbers.begin(), numbers.end(), out.begin() + row * columns,
                [sum](float number) { return number / sum; });
        }
    });
    return Tape::record(shares, { &x }, [shares, sums, columns](const Tensor& dy, GradientSink& sink) {
        const std::span<float> dx = sink.buffer(0);
        for (std::size_t row = 0; row < sums.size(); ++row) {
            const std::span<const float> share = shares.row(std::int64_t(row)), d = dy.row(std::int64_t(row));
            const float whole = std::inner_product(share.begin(), share.end(), d.begin(), 0.0f);
            for (std::size_t j = 0; j < share.size(); ++j)
                dx[row * std::size_t(columns) + j] += (d[j] - whole) / sums[row];
        }
    });
}

Var mixRows(const Var& parts, const Var& weights, std::span<const std::int64_t> places)
{
    const std::int64_t rows = weights.shape().rows(), each = weights.shape().columns(),
                       width = parts.shape().columns();
    HEADLIGHT_CHECK(std::int64_t(places.size()) == rows * each, "a place for every weight");
    std::vector<std::int64_t> kept(places.begin(), places.end());
    Tensor mixed = Tensor::make({ rows, width }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        forEachRow(rows, width, [&](std::int64_t row) {
            for (std::int64_t i = row * each; i < (row + 1) * each; ++i)
                kernels::accumulate(weights.value().floats()[std::size_t(i)],
                    parts.value().row(kept[std::size_t(i)]).data(), out.data() + row * width, width);
        });
    });
    return Tape::record(std::move(mixed), { &parts, &weights },
        [kept, each, width, parts = parts.value(), weights = weights.value()](
            const Tensor& dy, GradientSink& sink) {
            for (std::size_t i = 0; i < kept.size(); ++i) {
                const std::span<const float> d = dy.row(std::int64_t(i) / each), part = parts.row(kept[i]);
                if (sink.wants(0))
                    kernels::accumulate(
                        weights.floats()[i], d.data(), sink.buffer(0).data() + kept[i] * width, width);
                if (sink.wants(1))
                    sink.buffer(1)[i] += std::inner_product(d.begin(), d.end(), part.begin(), 0.0f);
            }
        });
}

Var partOf(const Var& x, std::int64_t index)
{
    const Shape& shape = x.shape();
    const std::span<const std::int64_t> extents = shape.extents();
    Tensor part = x.value().slice(index, index + 1).reshaped(Shape(extents.subspan(1)));
    return Tape::record(part, { &x }, [index, count = part.count()](const Tensor& dy, GradientSink& sink) {
        kernels::accumulate(1.0f, dy.floats().data(), sink.buffer(0).data() + index * count, count);
    });
}

Var clampedGate(const Var& x, float limit, float sharpness)
{
    const std::int64_t rows = x.shape().rows(), inner = x.shape().columns() / 2;
    Tensor gated = Tensor::make({ rows, inner }, [&](std::span<float> out) {
        forEachRow(rows, 2 * inner, [&](std::int64_t row) {
            const std::span<const float> from = x.value().row(row);
            for (std::int64_t i = 0; i < inner; ++i) {
                const float gate = std::min(from[std::size_t(2 * i)], limit),
                            up = std::clamp(from[std::size_t(2 * i + 1)], -limit, limit);
                out[std::size_t(row * inner + i)] = (up + 1.0f) * gate * sigmoid(sharpness * gate);
            }
        });
    });
    return Tape::record(std::move(gated), { &x },
        [x = x.value(), limit, sharpness, rows, inner](const Tensor& dy, GradientSink& sink) {
            sink.add(0, Tensor::make(x.shape(), [&](std::span<float> dx) {
                forEachRow(rows, 2 * inner, [&](std::int64_t row) {
                    const std::span<const float> from = x.row(row), d = dy.row(row);
                    float* to = dx.data() + row * 2 * inner;
                    for (std::int64_t i = 0; i < inner; ++i) {
                        const float rawGate = from[std::size_t(2 * i)], rawUp = from[std::size_t(2 * i + 1)];
                        const float gate = std::min(rawGate, limit), up = std::clamp(rawUp, -limit, limit),
                                    s = sigmoid(sharpness * gate);
                        const float dGate = (up + 1.0f) * s * (1.0f + sharpness * gate * (1.0f - s));
                        to[2 * i] = rawGate > limit ? 0.0f : d[std::size_t(i)] * dGate;
                        to[2 * i + 1] = std::fabs(rawUp) > limit ? 0.0f : d[std::size_t(i)] * gate * s;
                    }
                });
            }));
        });
}

} // namespace headlight
