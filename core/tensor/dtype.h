#pragma once
// The types numbers are stored in. The engine computes in f32; other types are expanded on the way.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace headlight {

enum class DType { F32, F16, BF16, F64, I64, I32, I16, I8, U8, Bool };

std::size_t byteSize(DType type);
/// safetensors' name of the type ("F32").
std::string_view name(DType type);
std::optional<DType> dtypeFromName(std::string_view name);
/// "float16", as a person reads it.
std::string_view displayName(DType type);

/// IEEE 754 binary16 ↔ binary32; round to nearest even, NaN stays NaN, overflow becomes infinity.
float halfToFloat(std::uint16_t half);
std::uint16_t floatToHalf(float value);

inline float bfloatToFloat(std::uint16_t bits)
{
    return std::bit_cast<float>(std::uint32_t(bits) << 16);
}
/// Round to nearest even.
std::uint16_t floatToBfloat(float value);

} // namespace headlight
