#pragma once
// Numbers that look random and are the same in every run and on every machine.

#include "core/tensor/tensor.h"

#include <cmath>
#include <random>

namespace headlight::test {

/// `count` numbers spread evenly over [low, high).
inline std::vector<float> randomNumbers(std::size_t count, std::uint32_t seed, float low = -1.0f, float high = 1.0f)
{
    std::mt19937 random(seed);
    std::vector<float> numbers(count);
    for (float& number : numbers)
        number = low + (high - low) * float(double(random()) * 0x1p-32);
    return numbers;
}

inline Tensor randomTensor(const Shape& shape, std::uint32_t seed, float low = -1.0f, float high = 1.0f)
{
    return Tensor::fromVector(shape, randomNumbers(std::size_t(shape.count()), seed, low, high));
}

/// Numbers that look random, the same on every machine: waves of no common length.
inline Tensor sample(const Shape& shape, int seed)
{
    return Tensor::make(shape, [&](std::span<float> out) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(1.2 * std::sin(0.9 * double(i) + 2.3 * seed + 0.2 * double(i * i % 11)));
    });
}

} // namespace headlight::test
