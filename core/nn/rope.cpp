#include "core/nn/rope.h"

#include <numbers>

namespace headlight {

Rope Rope::plain(std::int64_t rotary, double base, RotaryPairs pairs)
{
    Rope rope;
    rope.pairs = pairs;
    for (std::int64_t i = 0; i < rotary / 2; ++i)
        rope.frequencies.push_back(1.0 / std::pow(base, double(2 * i) / double(rotary)));
    return rope;
}

Rope Rope::interpolated(double factor) const
{
    Rope slower = *this;
    for (double& frequency : slower.frequencies)
        frequency /= factor;
    return slower;
}

Rope Rope::llama3(const Llama3& scaling) const
{
    Rope scaled = *this;
    for (double& frequency : scaled.frequencies) {
        const double wavelength = 2.0 * std::numbers::pi / frequency;
        if (wavelength < scaling.originalPositions / scaling.highFactor)
            continue;
        if (wavelength > scaling.originalPositions / scaling.lowFactor) {
            frequency /= scaling.factor;
            continue;
        }
        const double kept = (scaling.originalPositions / wavelength - scaling.lowFactor) / (scaling.highFactor - scaling.lowFactor);
        frequency = (1.0 - kept) * frequency / scaling.factor + kept * frequency;
    }
    return scaled;
}

RotaryAngles Rope::angles(std::span<const std::int64_t> positions) const
{
    const Shape shape { std::int64_t(positions.size()), std::int64_t(frequencies.size()) };
    const auto table = [&](double (*function)(double)) {
        return Tensor::make(shape, [&](std::span<float> out) {
            float* target = out.data();
            // The reference multiplies in f32; far positions turn by an angle that only then agrees.
            for (const std::int64_t position : positions)
                for (const double frequency : frequencies)
                    *target++ = float(function(double(float(position) * float(frequency)))) * magnitude;
        });
    };
    return { table([](double x) { return std::cos(x); }), table([](double x) { return std::sin(x); }), pairs };
}

} // namespace headlight
