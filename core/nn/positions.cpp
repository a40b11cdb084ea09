#include "core/nn/positions.h"

#include "core/tensor/kernels.h"

namespace headlight {
namespace {

/// Four taps along one axis: indices and weights. Source: Keys 1981, cubic convolution.
struct Taps {
    std::array<std::int64_t, 4> index;
    std::array<float, 4> weight;
};

Taps tapsAt(std::int64_t target, std::int64_t targetSize, std::int64_t sourceSize)
{
    constexpr float a = -0.75f;
    const float place = (float(target) + 0.5f) * (float(sourceSize) / float(targetSize)) - 0.5f;
    const float floor = std::floor(place), t = place - floor;
    const auto near = [](float x) { return ((a + 2.0f) * x - (a + 3.0f)) * x * x + 1.0f; };
    const auto far = [](float x) { return ((a * x - 5.0f * a) * x + 8.0f * a) * x - 4.0f * a; };
    Taps taps { {}, { far(t + 1.0f), near(t), near(1.0f - t), far(2.0f - t) } };
    for (int i = 0; i < 4; ++i)
        taps.index[std::size_t(i)] = std::clamp<std::int64_t>(std::int64_t(floor) - 1 + i, 0, sourceSize - 1);
    return taps;
}

} // namespace

Tensor resamplePositions(const Tensor& table, std::int64_t height, std::int64_t width)
{
    const std::int64_t count = table.shape()[0], size = table.shape()[1];
    const auto grid = std::int64_t(std::lround(std::sqrt(double(count))));
    HEADLIGHT_CHECK(grid * grid == count, "positions that do not form a square");
    const Tensor source = table.toFloat();
    return Tensor::make({ height * width, size }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        for (std::int64_t y = 0; y < height; ++y)
            for (std::int64_t x = 0; x < width; ++x) {
                const Taps vertical = tapsAt(y, height, grid), horizontal = tapsAt(x, width, grid);
                float* target = out.data() + (y * width + x) * size;
                for (std::size_t i = 0; i < 4; ++i)
                    for (std::size_t j = 0; j < 4; ++j)
                        kernels::accumulate(vertical.weight[i] * horizontal.weight[j],
                            source.row(vertical.index[i] * grid + horizontal.index[j]).data(), target, size);
            }
    });
}

} // namespace headlight
