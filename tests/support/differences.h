#pragma once
// How far two tensors are apart.

#include "core/tensor/tensor.h"

#include <algorithm>
#include <cmath>

namespace headlight::test {

/// The largest of all absolute differences; infinity when the shapes are not the same.
inline double largestDifference(const Tensor& a, const Tensor& b)
{
    double largest = a.shape() == b.shape() ? 0.0 : INFINITY;
    for (std::int64_t i = 0; largest < INFINITY && i < a.count(); ++i)
        largest = std::max(largest, std::abs(double(a.at(i)) - double(b.at(i))));
    return largest;
}

} // namespace headlight::test
