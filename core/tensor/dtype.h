#pragma once
// The types numbers are stored in. The engine computes in f32; other types are expanded on the way. The quantised types
// of GGUF store numbers of the last axis in blocks that share a scale; MXFP4 comes with its scales apart (safetensors) and
// within its blocks (GGUF).

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace headlight {

enum class DType { F32, F16, BF16, F64, I64, I32, I16, I8, U8, Bool, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K, MXFP4, MXFP4Block };
constexpr std::size_t dtypeCount = std::size_t(DType::MXFP4Block) + 1;

/// Numbers that are stored together: 1 but for quantised types.
std::int64_t blockSize(DType type);
/// Bytes of one number; of a block of a quantised type, without a scale that is stored apart (MXFP4).
std::size_t byteSize(DType type);
/// Bytes of `count` numbers, whole blocks.
std::size_t storedBytes(DType type, std::int64_t count);
bool isQuantised(DType type);
/// safetensors' name of the type ("F32"), or GGUF's ("Q4_K").
std::string_view name(DType type);
/// By safetensors' name; quantised types have none there.
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
