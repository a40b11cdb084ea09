#include "core/nn/sinusoids.h"

#include "core/base/check.h"

#include <cmath>

namespace headlight {
namespace {

constexpr double slowest = 10000.0;

} // namespace

Tensor marianSinusoids(std::span<const std::int64_t> positions, std::int64_t width)
{
    const std::int64_t sines = (width + 1) / 2;
    return Tensor::make({ std::int64_t(positions.size()), width }, [&](std::span<float> out) {
        float* row = out.data();
        for (const std::int64_t position : positions) {
            for (std::int64_t i = 0; i < sines; ++i) {
                const double angle = double(position) / std::pow(slowest, double(2 * i) / double(width));
                row[i] = float(std::sin(angle));
                if (sines + i < width)
                    row[sines + i] = float(std::cos(angle));
            }
            row += width;
        }
    });
}

Tensor fairseqSinusoids(std::span<const std::int64_t> positions, std::int64_t width, std::int64_t padding)
{
    HEADLIGHT_CHECK(width >= 4, "a width without room for two waves");
    const std::int64_t half = width / 2;
    const float step = float(std::log(slowest) / double(half - 1));
    return Tensor::make({ std::int64_t(positions.size()), width }, [&](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        float* row = out.data();
        for (const std::int64_t position : positions) {
            for (std::int64_t i = 0; position != padding && i < half; ++i) {
                // In float, as the reference does it: far positions would drift apart otherwise.
                const float angle = float(position) * std::exp(-float(i) * step);
                row[i] = std::sin(angle);
                row[half + i] = std::cos(angle);
            }
            row += width;
        }
    });
}

} // namespace headlight
