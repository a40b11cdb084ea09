#include "core/nn/positions.h"

#include "core/tensor/kernels.h"

namespace headlight {
namespace {

/// What one place takes from its neighbours along one axis: indices and weights.
struct Taps {
    std::array<std::int64_t, 4> index {};
    std::array<float, 4> weight {};
    std::size_t count = 0;
};

/// Source: Keys 1981, cubic convolution.
Taps cubicTaps(float t)
{
    constexpr float a = -0.75f;
    const auto near = [](float x) { return ((a + 2.0f) * x - (a + 3.0f)) * x * x + 1.0f; };
    const auto far = [](float x) { return ((a * x - 5.0f * a) * x + 8.0f * a) * x - 4.0f * a; };
    return { { -1, 0, 1, 2 }, { far(t + 1.0f), near(t), near(1.0f - t), far(2.0f - t) }, 4 };
}

Taps tapsAt(std::int64_t target, std::int64_t targetSize, std::int64_t sourceSize, Interpolation interpolation)
{
    float place = (float(target) + 0.5f) * (float(sourceSize) / float(targetSize)) - 0.5f;
    if (interpolation == Interpolation::Bilinear)
        place = std::max(place, 0.0f);
    const float floor = std::floor(place), t = place - floor;
    Taps taps = interpolation == Interpolation::Bicubic ? cubicTaps(t) : Taps { { 0, 1 }, { 1.0f - t, t }, 2 };
    for (std::int64_t& index : taps.index)
        index = std::clamp<std::int64_t>(std::int64_t(floor) + index, 0, sourceSize - 1);
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
        for (std::int64_t y = 0; y < to.rows; ++y)
            for (std::int64_t x = 0; x < to.columns; ++x) {
                const Taps vertical = tapsAt(y, to.rows, from.rows, interpolation);
                const Taps horizontal = tapsAt(x, to.columns, from.columns, interpolation);
                float* target = out.data() + (y * to.columns + x) * size;
                for (std::size_t i = 0; i < vertical.count; ++i)
                    for (std::size_t j = 0; j < horizontal.count; ++j)
                        kernels::accumulate(vertical.weight[i] * horizontal.weight[j],
                            source.row(vertical.index[i] * from.columns + horizontal.index[j]).data(), target, size);
            }
    });
}

Var ImagePositions::operator()(GridSize wanted, Run& run, std::int64_t set) const
{
    const std::int64_t count = leading + grid.count() + trailing, width = table->value.shape().columns();
    const std::int64_t rows = table->value.shape().rows(), first = set * count;
    HEADLIGHT_CHECK(first + count <= rows, "positions beyond their table");
    if (wanted == grid && rows == count)
        return reshape(run.useFloat(table), { count, width });
    HEADLIGHT_CHECK(!run.training(), "training with resampled positions");
    const Tensor known = table->value.toFloat().reshaped({ rows, width }).slice(first, first + count);
    if (wanted == grid)
        return Var(known);
    std::vector<Var> parts;
    if (leading > 0)
        parts.emplace_back(known.slice(0, leading));
    parts.emplace_back(resamplePositions(known.slice(leading, count - trailing), grid, wanted));
    if (trailing > 0)
        parts.emplace_back(known.slice(count - trailing, count));
    return concatenateRows(parts);
}

} // namespace headlight
