// Norms without a mean: root mean square over a row, and rows of length one.

#include "core/autodiff/operations.h"

#include "core/base/parallel_for.h"

namespace headlight {
namespace {

/// Rows per task, so that waking a thread pays.
std::int64_t rowGrain(std::int64_t columns)
{
    return std::max<std::int64_t>(1, (1 << 15) / std::max<std::int64_t>(1, columns));
}

/// weight + offset, or ones.
std::vector<float> factors(const Var& weight, float offset, std::int64_t width)
{
    if (weight.empty())
        return std::vector<float>(std::size_t(width), 1.0f);
    const Tensor values = weight.value().toFloat();
    std::vector<float> sum(values.floats().begin(), values.floats().end());
    for (float& value : sum)
        value += offset;
    return sum;
}

/// y = x / √(Σx²·share + ε), share 1/E for a mean, 1 for a length; kept: the factor of each row.
struct Scaled {
    Tensor unit; ///< before the weight
    std::vector<float> inverse;
};
Scaled scaleRows(const Tensor& x, float share, float epsilon)
{
    const std::int64_t width = x.shape().columns();
    Scaled scaled;
    scaled.inverse.resize(std::size_t(x.shape().rows()));
    scaled.unit = Tensor::make(x.shape(), [&](std::span<float> out) {
        parallelFor(0, x.shape().rows(), rowGrain(width), [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                const std::span<const float> row = x.row(i);
                const float inverse = 1.0f / std::sqrt(kernels::sumOfSquares(row.data(), width) * share + epsilon);
                scaled.inverse[std::size_t(i)] = inverse;
                float* target = out.data() + i * width;
                for (std::int64_t j = 0; j < width; ++j)
                    target[j] = row[std::size_t(j)] * inverse;
            }
        });
    });
    return scaled;
}

/// dx = inverse · (g - unit · share · Σ g∘unit), g the gradient of `unit`.
Tensor scaleRowsBackward(const Scaled& scaled, const Tensor& g, float share)
{
    const std::int64_t width = g.shape().columns();
    return Tensor::make(g.shape(), [&](std::span<float> out) {
        for (std::int64_t i = 0; i < g.shape().rows(); ++i) {
            const std::span<const float> unit = scaled.unit.row(i), row = g.row(i);
            float inner = 0.0f;
            for (std::int64_t j = 0; j < width; ++j)
                inner += unit[std::size_t(j)] * row[std::size_t(j)];
            for (std::int64_t j = 0; j < width; ++j)
                out[std::size_t(i * width + j)] = scaled.inverse[std::size_t(i)]
                    * (row[std::size_t(j)] - unit[std::size_t(j)] * share * inner);
        }
    });
}

/// x [...,E] times a row of E numbers.
Tensor timesRow(const Tensor& x, std::span<const float> row)
{
    const std::int64_t width = x.shape().columns();
    return Tensor::make(x.shape(), [&](std::span<float> out) {
        for (std::int64_t i = 0; i < x.shape().rows(); ++i)
            kernels::multiply(x.row(i).data(), row.data(), out.data() + i * width, width);
    });
}

} // namespace

Var rmsNorm(const Var& x, const Var& weight, float epsilon, float offset)
{
    const std::int64_t width = x.shape().columns();
    const float share = 1.0f / float(width);
    HEADLIGHT_CHECK(weight.empty() || weight.value().count() == width, "a norm of another width");
    std::vector<float> factor = factors(weight, offset, width);
    Scaled scaled = scaleRows(x.value(), share, epsilon);
    Tensor y = timesRow(scaled.unit, factor);
    return Tape::record(std::move(y), { &x, &weight },
        [scaled = std::move(scaled), factor = std::move(factor), share](const Tensor& dy, GradientSink& sink) {
            if (sink.wants(0))
                sink.add(0, scaleRowsBackward(scaled, timesRow(dy, factor), share));
            if (!sink.wants(1))
                return;
            const std::span<float> dWeight = sink.buffer(1);
            for (std::int64_t i = 0; i < dy.shape().rows(); ++i)
                for (std::size_t j = 0; j < dWeight.size(); ++j)
                    dWeight[j] += dy.row(i)[j] * scaled.unit.row(i)[j];
        });
}

Var normalizeRows(const Var& x)
{
    Scaled scaled = scaleRows(x.value(), 1.0f, 0.0f);
    const Tensor unit = scaled.unit;
    return Tape::record(unit, { &x }, [scaled = std::move(scaled)](const Tensor& dy, GradientSink& sink) {
        sink.add(0, scaleRowsBackward(scaled, dy, 1.0f));
    });
}

} // namespace headlight
