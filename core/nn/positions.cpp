#include "core/nn/positions.h"

#include "core/tensor/kernels.h"

namespace headlight {
namespace {

/// What one place takes from its neighbours along one axis.
struct Tap {
    std::int64_t index;
    float weight;
};
using Taps = std::vector<Tap>;

/// Source: Keys 1981, cubic convolution.
float cubic(float x, float a)
{
    x = std::abs(x);
    if (x < 1.0f)
        return ((a + 2.0f) * x - (a + 3.0f)) * x * x + 1.0f;
    return x < 2.0f ? ((a * x - 5.0f * a) * x + 8.0f * a) * x - 4.0f * a : 0.0f;
}

/// Four or two neighbours, edges repeated.
Taps nearTaps(std::int64_t target, float scale, std::int64_t sourceSize, Interpolation interpolation)
{
    float place = (float(target) + 0.5f) * scale - 0.5f;
    const bool linear = interpolation == Interpolation::Bilinear;
    if (linear)
        place = std::max(place, 0.0f);
    const float floor = std::floor(place), t = place - floor;
    Taps taps;
    for (std::int64_t i = linear ? 0 : -1; i <= (linear ? 1 : 2); ++i) {
        const float distance = std::abs(t - float(i));
        taps.push_back({ std::clamp<std::int64_t>(std::int64_t(floor) + i, 0, sourceSize - 1),
            linear ? 1.0f - distance : cubic(distance, -0.75f) });
    }
    return taps;
}

/// Everything under a filter that widens when shrinking; it ends at the edges, and its weights sum to one.
Taps smoothTaps(std::int64_t target, float scale, std::int64_t sourceSize, Interpolation interpolation)
{
    const bool linear = interpolation == Interpolation::SmoothBilinear;
    const float stretch = std::max(scale, 1.0f), reach = (linear ? 1.0f : 2.0f) * stretch;
    const float centre = (float(target) + 0.5f) * scale;
    const std::int64_t first = std::max<std::int64_t>(std::int64_t(centre - reach + 0.5f), 0);
    const std::int64_t last = std::min<std::int64_t>(std::int64_t(centre + reach + 0.5f), sourceSize);
    Taps taps;
    float sum = 0.0f;
    for (std::int64_t i = first; i < last; ++i) {
        const float distance = (float(i) - centre + 0.5f) / stretch;
        taps.push_back({ i, linear ? std::max(1.0f - std::abs(distance), 0.0f) : cubic(distance, -0.5f) });
        sum += taps.back().weight;
    }
    for (Tap& tap : taps)
        tap.weight /= sum;
    return taps;
}

std::vector<Taps> tapsOf(std::int64_t targetSize, std::int64_t sourceSize, Interpolation interpolation)
{
    const float scale = float(sourceSize) / float(targetSize);
    const bool smooth = interpolation == Interpolation::SmoothBicubic || interpolation == Interpolation::SmoothBilinear;
    std::vector<Taps> taps;
    for (std::int64_t i = 0; i < targetSize; ++i)
        taps.push_back((smooth ? smoothTaps : nearTaps)(i, scale, sourceSize, interpolation));
    return taps;
}

} // namespace

Tensor resamplePositions(const Tensor& table, GridSize from, GridSize to, Interpolation interpolation)
{
    const std::int64_t size = table.shape()[1];
    HEADLIGHT_CHECK(table.shape()[0] == from.count(), "positions for another grid");
    const Tensor source = table.toFloat();
    return Tensor::make({ to.count(), size }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        const std::vector<Taps> vertical = tapsOf(to.rows, from.rows, interpolation);
        const std::vector<Taps> horizontal = tapsOf(to.columns, from.columns, interpolation);
        float* target = out.data();
        for (const Taps& row : vertical)
            for (const Taps& column : horizontal) {
                for (const Tap& y : row)
                    for (const Tap& x : column)
                        kernels::accumulate(y.weight * x.weight, source.row(y.index * from.columns + x.index).data(), target, size);
                target += size;
            }
    });
}

Var ImagePositions::known(GridSize wanted, Run& run, std::int64_t set) const
{
    const std::int64_t count = leading + grid.count() + trailing, width = table->value.shape().columns();
    const std::int64_t rows = table->value.shape().rows(), first = set * count;
    HEADLIGHT_CHECK(first + count <= rows, "positions beyond their table");
    if (wanted == grid && rows == count)
        return reshape(run.useFloat(table), { count, width });
    HEADLIGHT_CHECK(!run.training(), "training with resampled positions");
    const Tensor all = table->value.toFloat().reshaped({ rows, width }).slice(first, first + count);
    if (wanted == grid)
        return Var(all);
    std::vector<Var> parts;
    if (leading > 0)
        parts.emplace_back(all.slice(0, leading));
    parts.emplace_back(resamplePositions(all.slice(leading, count - trailing), grid, wanted, interpolation));
    if (trailing > 0)
        parts.emplace_back(all.slice(count - trailing, count));
    return concatenateRows(parts);
}

Var ImagePositions::operator()(GridSize wanted, Run& run, std::int64_t set) const
{
    const Var placed = known(wanted, run, set);
    if (withoutPosition == 0)
        return placed;
    const std::int64_t rows = placed.shape().rows();
    const std::array<Var, 2> parts { placed, Var(Tensor::zeros({ 1, placed.shape().columns() })) };
    std::vector<std::int64_t> order;
    for (std::int64_t i = 0; i < rows; ++i) {
        if (i == leading)
            order.insert(order.end(), std::size_t(withoutPosition), rows);
        order.push_back(i);
    }
    return gatherRows(concatenateRows(parts), order);
}

} // namespace headlight
