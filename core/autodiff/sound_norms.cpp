// Group norm over time and weight norm, in f64 inside: a sound of a minute has millions of rows.
#include "core/autodiff/convolution.h"

#include "core/base/check.h"
#include "core/base/parallel_for.h"

#include <numeric>

namespace headlight {
namespace {

/// Columns one thread takes at least, so that neighbours share their cache lines.
constexpr std::int64_t columnsAtOnce = 32;
constexpr std::int64_t rowsAtOnce = 256;

/// The average of term(row, column) over all rows and columns of each group, repeated for each of its
/// columns. Shape: [T,C] → C numbers.
template <typename Term>
std::vector<double> groupAverages(const Shape& shape, std::int64_t groups, const Term& term)
{
    std::vector<double> averages(std::size_t(shape[1]), 0.0);
    const std::int64_t columns = shape[1] / groups;
    const std::int64_t grain = std::max<std::int64_t>(1, columnsAtOnce / columns);
    parallelFor(0, groups, grain, [&](std::int64_t firstGroup, std::int64_t lastGroup) {
        const std::int64_t first = firstGroup * columns, last = lastGroup * columns;
        for (std::int64_t t = 0; t < shape[0]; ++t)
            for (std::int64_t c = first; c < last; ++c)
                averages[std::size_t(c)] += term(t, c);
        for (std::int64_t c = first; c < last; c += columns) {
            const auto group = std::span(averages).subspan(std::size_t(c), std::size_t(columns));
            const double total = std::accumulate(group.begin(), group.end(), 0.0);
            std::ranges::fill(group, total / (double(shape[0]) * double(columns)));
        }
    });
    return averages;
}

/// What the backward step keeps of the forward one; one number per column.
struct GroupNormState {
    Tensor x, weight;
    std::int64_t groups;
    std::vector<double> mean, inverseDeviation;

    GroupNormState(Tensor values, Tensor scales, std::int64_t groupCount, float epsilon)
        : x(std::move(values))
        , weight(std::move(scales))
        , groups(groupCount)
    {
        const float* from = x.floats().data();
        const std::int64_t width = x.shape()[1];
        mean = groupAverages(
            x.shape(), groups, [=](std::int64_t t, std::int64_t c) { return double(from[t * width + c]); });
        inverseDeviation = groupAverages(x.shape(), groups, [=, this](std::int64_t t, std::int64_t c) {
            const double distance = double(from[t * width + c]) - mean[std::size_t(c)];
            return distance * distance;
        });
        for (double& variance : inverseDeviation)
            variance = 1.0 / std::sqrt(variance + double(epsilon));
    }
    /// x at mean 0 and variance 1.
    double normal(std::int64_t t, std::int64_t c) const
    {
        return (double(x.floats()[std::size_t(t * x.shape()[1] + c)]) - mean[std::size_t(c)])
            * inverseDeviation[std::size_t(c)];
    }
};

/// dx = (dn - average(dn) - n · average(dn · n)) / deviation, where dn = dy · weight is the gradient of n.
Tensor groupNormInputGradient(const GroupNormState& s, const Tensor& dy)
{
    const std::int64_t width = s.x.shape()[1];
    const auto scaled = [&](std::int64_t t, std::int64_t c) {
        return double(dy.floats()[std::size_t(t * width + c)]) * double(s.weight.floats()[std::size_t(c)]);
    };
    const std::vector<double> average = groupAverages(s.x.shape(), s.groups, scaled);
    const std::vector<double> along = groupAverages(
        s.x.shape(), s.groups, [&](std::int64_t t, std::int64_t c) { return scaled(t, c) * s.normal(t, c); });
    return Tensor::make(s.x.shape(), [&](std::span<float> dx) {
        for (std::int64_t t = 0; t < s.x.shape()[0]; ++t)
            for (std::int64_t c = 0; c < width; ++c)
                dx[std::size_t(t * width + c)] = float(s.inverseDeviation[std::size_t(c)]
                    * (scaled(t, c) - average[std::size_t(c)] - s.normal(t, c) * along[std::size_t(c)]));
    });
}

/// Adds Σ over rows of term(row, column) to each column.
template <typename Term> void addColumnSums(const Shape& shape, std::span<float> out, const Term& term)
{
    for (std::int64_t c = 0; c < shape[1]; ++c) {
        double total = 0;
        for (std::int64_t t = 0; t < shape[0]; ++t)
            total += term(t, c);
        out[std::size_t(c)] += float(total);
    }
}

/// ‖direction‖ for each k, over the other axes.
std::vector<double> kernelNorms(std::span<const float> direction, std::size_t kernel)
{
    std::vector<double> norms(kernel, 0.0);
    for (std::size_t i = 0; i < direction.size(); ++i)
        norms[i % kernel] += double(direction[i]) * double(direction[i]);
    for (double& norm : norms)
        norm = std::sqrt(norm);
    return norms;
}

/// v's gradient: (dw - v̂ (dw·v̂)) · length / ‖v‖; the length's: dw·v̂.
void weightNormBackward(const Tensor& v, const Tensor& length, const Tensor& dw, GradientSink& sink)
{
    const std::size_t kernel = std::size_t(v.shape()[2]);
    const std::vector<double> norms = kernelNorms(v.floats(), kernel);
    std::vector<double> along(kernel, 0.0);
    for (std::size_t i = 0; i < std::size_t(v.count()); ++i)
        along[i % kernel] += double(dw.floats()[i]) * double(v.floats()[i]) / norms[i % kernel];
    if (sink.wants(0)) {
        const std::span<float> dv = sink.buffer(0);
        for (std::size_t i = 0; i < dv.size(); ++i) {
            const std::size_t k = i % kernel;
            const double across = double(dw.floats()[i]) - double(v.floats()[i]) / norms[k] * along[k];
            dv[i] += float(across * double(length.floats()[k]) / norms[k]);
        }
    }
    if (sink.wants(1))
        std::transform(along.begin(), along.end(), sink.buffer(1).begin(), sink.buffer(1).begin(),
            [](double share, float sum) { return float(share) + sum; });
}

} // namespace

Var groupNorm(const Var& x, const Var& weight, const Var& bias, std::int64_t groups, float epsilon)
{
    HEADLIGHT_CHECK(x.shape().rank() == 2 && groups > 0 && x.shape()[1] % groups == 0,
        fmt::format("{} in {} groups", x.shape().toString(), groups));
    GroupNormState state(x.value(), weight.value().toFloat(), groups, epsilon);
    const Tensor b = bias.value().toFloat();
    const std::int64_t width = x.shape()[1];
    Tensor y = Tensor::make(x.shape(), [&](std::span<float> out) {
        std::vector<double> slope(std::size_t(width), 0.0), offset(std::size_t(width), 0.0);
        for (std::size_t c = 0; c < slope.size(); ++c) {
            slope[c] = state.inverseDeviation[c] * double(state.weight.floats()[c]);
            offset[c] = double(b.floats()[c]) - state.mean[c] * slope[c];
        }
        parallelFor(0, x.shape()[0], rowsAtOnce, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t t = first; t < last; ++t)
                for (std::size_t c = 0; c < slope.size(); ++c) {
                    const std::size_t at = std::size_t(t * width) + c;
                    out[at] = float(double(state.x.floats()[at]) * slope[c] + offset[c]);
                }
        });
    });
    return Tape::record(std::move(y), { &x, &weight, &bias },
        [state = std::move(state)](const Tensor& dy, GradientSink& sink) {
            const auto value = [&](std::int64_t t, std::int64_t c) {
                return double(dy.floats()[std::size_t(t * dy.shape()[1] + c)]);
            };
            if (sink.wants(0))
                sink.add(0, groupNormInputGradient(state, dy));
            if (sink.wants(1))
                addColumnSums(dy.shape(), sink.buffer(1),
                    [&](std::int64_t t, std::int64_t c) { return value(t, c) * state.normal(t, c); });
            if (sink.wants(2))
                addColumnSums(dy.shape(), sink.buffer(2), value);
        });
}

Var weightNorm(const Var& direction, const Var& length)
{
    const Tensor v = direction.value().toFloat(), g = length.value().toFloat();
    HEADLIGHT_CHECK(v.shape().rank() == 3 && g.count() == v.shape()[2],
        fmt::format("{} of lengths {}", v.shape().toString(), g.shape().toString()));
    const std::vector<double> norms = kernelNorms(v.floats(), std::size_t(g.count()));
    Tensor weight = Tensor::make(v.shape(), [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            const std::size_t k = i % norms.size();
            out[i] = float(double(v.floats()[i]) * double(g.floats()[k]) / norms[k]);
        }
    });
    return Tape::record(std::move(weight), { &direction, &length },
        [v, g](const Tensor& dw, GradientSink& sink) { weightNormBackward(v, g, dw, sink); });
}

} // namespace headlight
