#include "core/tensor/mxfp4.h"

#include <array>
#include <cmath>

namespace headlight::mxfp4 {
namespace {

/// Sign, two bits of exponent, one of fraction.
constexpr std::array<float, 16> numbers{ 0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f, -0.0f, -0.5f, -1.0f,
    -1.5f, -2.0f, -3.0f, -4.0f, -6.0f };
constexpr int bias = 127;

} // namespace

void expand(const std::byte* blocks, const std::byte* exponents, std::int64_t count, float* target)
{
    for (std::int64_t i = 0; i < count; i += blockNumbers, blocks += blockBytes, ++exponents) {
        const float scale = std::ldexp(1.0f, std::to_integer<int>(*exponents) - bias);
        std::array<float, 16> scaled{};
        for (std::size_t n = 0; n < scaled.size(); ++n)
            scaled[n] = numbers[n] * scale;
        for (std::int64_t b = 0; b < blockBytes; ++b) {
            const auto byte = std::to_integer<unsigned>(blocks[b]);
            *target++ = scaled[byte & 15u];
            *target++ = scaled[byte >> 4];
        }
    }
}

} // namespace headlight::mxfp4
