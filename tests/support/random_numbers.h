#pragma once
// Numbers that look random and are the same in every run and on every machine.

#include "core/tensor/tensor.h"

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

} // namespace headlight::test
