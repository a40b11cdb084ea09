#include "core/nn/cell_positions.h"

namespace headlight {

std::vector<std::uint8_t> cellMask(const Tensor& pixelMask, GridSize grid)
{
    std::vector<std::uint8_t> mask(std::size_t(grid.count()), 1);
    if (pixelMask.empty())
        return mask;
    const std::int64_t height = pixelMask.shape()[0], width = pixelMask.shape()[1];
    const float down = float(height) / float(grid.rows), right = float(width) / float(grid.columns);
    for (std::int64_t i = 0; i < grid.count(); ++i) {
        const auto row = std::min(std::int64_t(float(i / grid.columns) * down), height - 1);
        const auto column = std::min(std::int64_t(float(i % grid.columns) * right), width - 1);
        mask[std::size_t(i)] = pixelMask.at(row * width + column) != 0.0f;
    }
    return mask;
}

Tensor sinePositions(std::span<const std::uint8_t> mask, GridSize grid, std::int64_t width)
{
    constexpr float turn = 6.283185307179586f, epsilon = 1e-6f, base = 10000.0f;
    const std::int64_t half = width / 2;
    std::vector<float> down(mask.size()), right(mask.size()), wavelength;
    for (std::int64_t i = 0; i < grid.count(); ++i) {
        const auto at = std::size_t(i);
        down[at] = float(mask[at]) + (i >= grid.columns ? down[at - std::size_t(grid.columns)] : 0.0f);
        right[at] = float(mask[at]) + (i % grid.columns > 0 ? right[at - 1] : 0.0f);
    }
    for (std::int64_t i = 0; i < half; ++i)
        wavelength.push_back(std::pow(base, 2.0f * float(i / 2) / float(half)));
    return Tensor::make({ grid.count(), width }, [&](std::span<float> out) {
        float* target = out.data();
        for (std::int64_t i = 0; i < grid.count(); ++i) {
            const float lowest = down[std::size_t((grid.rows - 1) * grid.columns + i % grid.columns)];
            const float rightmost = right[std::size_t(i / grid.columns * grid.columns + grid.columns - 1)];
            for (const float share :
                { down[std::size_t(i)] / (lowest + epsilon), right[std::size_t(i)] / (rightmost + epsilon) })
                for (std::int64_t k = 0; k < half; ++k) {
                    const float angle = share * turn / wavelength[std::size_t(k)];
                    *target++ = k % 2 == 0 ? std::sin(angle) : std::cos(angle);
                }
        }
    });
}

} // namespace headlight
