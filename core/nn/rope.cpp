#include "core/nn/rope.h"

#include <numbers>

namespace headlight {

Rope Rope::plain(std::int64_t rotary, double base, RotaryPairs pairs)
{
    Rope rope;
    rope.pairs = pairs;
    for (std::int64_t i = 0; 2 * i < rotary; ++i)
        // In f32 as in the reference: a difference in the last digit grows with the position.
        rope.frequencies.push_back(1.0f / std::pow(float(base), float(2 * i) / float(rotary)));
    return rope;
}

Rope Rope::proportional(std::int64_t headSize, double base, double share)
{
    Rope rope = plain(headSize, base);
    const auto turning = std::ptrdiff_t(std::llround(share * double(headSize) / 2.0));
    std::fill(rope.frequencies.begin() + turning, rope.frequencies.end(), 0.0);
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

Rope Rope::yarn(const Yarn& scaling) const
{
    const double count = double(frequencies.size());
    // The pair that makes `turns` whole turns over the positions the model was trained on.
    const auto pairOf = [&](double turns) {
        return count * std::log(scaling.originalPositions / (turns * 2.0 * std::numbers::pi)) / std::log(scaling.base);
    };
    double first = pairOf(scaling.fast), last = pairOf(scaling.slow);
    if (scaling.wholePairs) {
        first = std::floor(first);
        last = std::ceil(last);
    }
    first = std::max(first, 0.0);
    last = std::min(last, 2.0 * count - 1.0);
    const double width = last == first ? 0.001 : last - first;
    Rope scaled = *this;
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const double interpolated = std::clamp((double(i) - first) / width, 0.0, 1.0);
        scaled.frequencies[i] *= interpolated / scaling.factor + (1.0 - interpolated);
    }
    return scaled;
}

Rope Rope::divided(std::span<const double> factors) const
{
    HEADLIGHT_CHECK(factors.size() == frequencies.size(), "a factor for every pair");
    Rope scaled = *this;
    for (std::size_t i = 0; i < factors.size(); ++i)
        scaled.frequencies[i] /= factors[i];
    return scaled;
}

RotaryAngles turnedBy(
    std::int64_t rows, std::int64_t pairs, const std::function<float(std::int64_t row, std::int64_t pair)>& angle)
{
    const auto table = [&](float (*function)(float)) {
        return Tensor::make({ rows, pairs }, [&](std::span<float> out) {
            for (std::int64_t i = 0; i < rows * pairs; ++i)
                out[std::size_t(i)] = function(angle(i / pairs, i % pairs));
        });
    };
    return { table([](float x) { return std::cos(x); }), table([](float x) { return std::sin(x); }) };
}

RotaryAngles RotaryPositions::angles(std::span<const std::int64_t> positions) const
{
    const std::int64_t length = positions.empty() ? 0 : *std::max_element(positions.begin(), positions.end()) + 1;
    RotaryAngles angles = (limit > 0 && length > limit ? longer(length) : usual).angles(positions);
    for (std::size_t i = 0; growth != 0.0 && i < positions.size(); ++i)
        angles.queryFactors.push_back(
            1.0f + float(growth) * std::log(1.0f + float(positions[i] / std::int64_t(growthEvery))));
    return angles;
}

RotaryAngles Rope::angles(std::span<const std::int64_t> positions) const
{
    return angles(std::int64_t(positions.size()), [&](std::int64_t row, std::int64_t) { return positions[std::size_t(row)]; });
}

RotaryAngles Rope::angles(std::int64_t rows, const std::function<std::int64_t(std::int64_t row, std::int64_t pair)>& position) const
{
    const auto count = std::int64_t(frequencies.size());
    const auto table = [&](double (*function)(double)) {
        return Tensor::make({ rows, count }, [&](std::span<float> out) {
            float* target = out.data();
            // The reference multiplies in f32; far positions turn by an angle that only then agrees.
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t pair = 0; pair < count; ++pair)
                    *target++ = float(function(double(float(position(row, pair)) * float(frequencies[std::size_t(pair)])))) * magnitude;
        });
    };
    return { table([](double x) { return std::cos(x); }), table([](double x) { return std::sin(x); }), pairs };
}

} // namespace headlight
