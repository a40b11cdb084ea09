#include "core/tensor/dtype.h"

#include "core/base/check.h"

namespace headlight {
namespace {

struct DTypeRow {
    DType type;
    std::size_t bytes;
    std::string_view name, display;
    std::int64_t block = 1;
};

constexpr std::array<DTypeRow, dtypeCount> rows { {
    { DType::F32, 4, "F32", "float32" },
    { DType::F16, 2, "F16", "float16" },
    { DType::BF16, 2, "BF16", "bfloat16" },
    { DType::F64, 8, "F64", "float64" },
    { DType::I64, 8, "I64", "int64" },
    { DType::I32, 4, "I32", "int32" },
    { DType::I16, 2, "I16", "int16" },
    { DType::I8, 1, "I8", "int8" },
    { DType::U8, 1, "U8", "uint8" },
    { DType::Bool, 1, "BOOL", "bool" },
    { DType::Q4_0, 18, "Q4_0", "4-bit q4_0", 32 },
    { DType::Q4_1, 20, "Q4_1", "4-bit q4_1", 32 },
    { DType::Q5_0, 22, "Q5_0", "5-bit q5_0", 32 },
    { DType::Q5_1, 24, "Q5_1", "5-bit q5_1", 32 },
    { DType::Q8_0, 34, "Q8_0", "8-bit q8_0", 32 },
    { DType::Q4_K, 144, "Q4_K", "4-bit q4_K", 256 },
    { DType::Q5_K, 176, "Q5_K", "5-bit q5_K", 256 },
    { DType::Q6_K, 210, "Q6_K", "6-bit q6_K", 256 },
    { DType::MXFP4, 16, "MXFP4", "4-bit mxfp4", 32 },
    { DType::MXFP4Block, 17, "MXFP4", "4-bit mxfp4", 32 },
} };

} // namespace

std::int64_t blockSize(DType type)
{
    return rows[std::size_t(type)].block;
}

std::size_t byteSize(DType type)
{
    return rows[std::size_t(type)].bytes;
}

std::size_t storedBytes(DType type, std::int64_t count)
{
    const DTypeRow& row = rows[std::size_t(type)];
    HEADLIGHT_CHECK(count % row.block == 0, fmt::format("{} numbers in blocks of {}", count, row.block));
    return std::size_t(count / row.block) * row.bytes;
}

bool isQuantised(DType type)
{
    return blockSize(type) > 1;
}

std::string_view name(DType type)
{
    return rows[std::size_t(type)].name;
}

std::string_view displayName(DType type)
{
    return rows[std::size_t(type)].display;
}

std::optional<DType> dtypeFromName(std::string_view wanted)
{
    for (const DTypeRow& row : rows)
        if (row.name == wanted && row.block == 1)
            return row.type;
    return std::nullopt;
}

float halfToFloat(std::uint16_t half)
{
    const std::uint32_t sign = std::uint32_t(half & 0x8000u) << 16;
    const std::uint32_t magnitude = half & 0x7fffu;
    if (magnitude >= 0x7c00u) // infinity and NaN keep their mantissa
        return std::bit_cast<float>(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13));
    if (magnitude >= 0x0400u) // normal: move the exponent's bias from 15 to 127
        return std::bit_cast<float>(sign | ((magnitude << 13) + ((127u - 15u) << 23)));
    const float subnormal = float(magnitude) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(subnormal));
}

std::uint16_t floatToHalf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = std::uint16_t((bits >> 16) & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return std::uint16_t(sign | 0x7e00u);
    if (magnitude >= 0x477ff000u) // rounds to 65536 or more
        return std::uint16_t(sign | 0x7c00u);
    if (magnitude < 0x38800000u) { // subnormal: the addition does the rounding
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        return std::uint16_t(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u));
    }
    const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    return std::uint16_t(sign | ((rounded - ((127u - 15u) << 23)) >> 13));
}

std::uint16_t floatToBfloat(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return std::uint16_t((bits >> 16) | 0x40u);
    return std::uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

} // namespace headlight
