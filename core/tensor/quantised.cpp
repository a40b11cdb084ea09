#include "core/tensor/quantised.h"

#include "core/base/check.h"

namespace headlight {
namespace {

using Byte = std::uint8_t;

float halfAt(const Byte* bytes)
{
    std::uint16_t half;
    std::memcpy(&half, bytes, sizeof half);
    return halfToFloat(half);
}

/// The upper or lower half of every byte: a block stores its numbers i and i + size/2 in one.
constexpr int lowHalf(Byte byte)
{
    return byte & 0xf;
}
constexpr int highHalf(Byte byte)
{
    return byte >> 4;
}

/// Block: scale, 16 bytes of halves. Value: scale · (q − 8).
void expandQ4_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    const Byte* halves = block + 2;
    for (int i = 0; i < 16; ++i) {
        out[i] = float(lowHalf(halves[i]) - 8) * scale;
        out[i + 16] = float(highHalf(halves[i]) - 8) * scale;
    }
}

/// Block: scale, minimum, 16 bytes of halves. Value: scale · q + minimum.
void expandQ4_1(const Byte* block, float* out)
{
    const float scale = halfAt(block), minimum = halfAt(block + 2);
    const Byte* halves = block + 4;
    for (int i = 0; i < 16; ++i) {
        out[i] = float(lowHalf(halves[i])) * scale + minimum;
        out[i + 16] = float(highHalf(halves[i])) * scale + minimum;
    }
}

/// The fifth bit of number i is bit i of a word of its own.
int fifthBit(std::uint32_t bits, int i)
{
    return int(bits >> i & 1) << 4;
}

/// Block: scale, 32 fifth bits, 16 bytes of halves. Value: scale · (q − 16).
void expandQ5_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    std::uint32_t fifth;
    std::memcpy(&fifth, block + 2, sizeof fifth);
    const Byte* halves = block + 6;
    for (int i = 0; i < 16; ++i) {
        out[i] = float((lowHalf(halves[i]) | fifthBit(fifth, i)) - 16) * scale;
        out[i + 16] = float((highHalf(halves[i]) | fifthBit(fifth, i + 16)) - 16) * scale;
    }
}

/// Block: scale, minimum, 32 fifth bits, 16 bytes of halves. Value: scale · q + minimum.
void expandQ5_1(const Byte* block, float* out)
{
    const float scale = halfAt(block), minimum = halfAt(block + 2);
    std::uint32_t fifth;
    std::memcpy(&fifth, block + 4, sizeof fifth);
    const Byte* halves = block + 8;
    for (int i = 0; i < 16; ++i) {
        out[i] = float(lowHalf(halves[i]) | fifthBit(fifth, i)) * scale + minimum;
        out[i + 16] = float(highHalf(halves[i]) | fifthBit(fifth, i + 16)) * scale + minimum;
    }
}

/// Block: scale, 32 signed bytes. Value: scale · q.
void expandQ8_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    for (int i = 0; i < 32; ++i)
        out[i] = float(std::int8_t(block[2 + i])) * scale;
}

/// Eight scales and eight minima of six bits, packed into twelve bytes: the first four of each lie in the low
/// six bits of bytes 0-3 and 4-7; of the others the low half lies in bytes 8-11 and the top two bits where
/// those six left room.
struct PackedScales {
    const Byte* bytes;
    int scale(int i) const { return i < 4 ? bytes[i] & 63 : lowHalf(bytes[i + 4]) | bytes[i - 4] >> 6 << 4; }
    int minimum(int i) const
    {
        return i < 4 ? bytes[i + 4] & 63 : highHalf(bytes[i + 4]) | bytes[i] >> 6 << 4;
    }
};

/// Block: scale, minimum, packed scales, 128 bytes of halves; each 32 bytes hold two runs of 32 numbers.
/// Value: scale · s · q − minimum · m.
void expandQ4_K(const Byte* block, float* out)
{
    const float scale = halfAt(block), minimum = halfAt(block + 2);
    const PackedScales packed{ block + 4 };
    for (int run = 0; run < 8; ++run) {
        const float s = scale * float(packed.scale(run)), m = minimum * float(packed.minimum(run));
        const Byte* halves = block + 16 + run / 2 * 32;
        for (int i = 0; i < 32; ++i)
            out[32 * run + i] = s * float(run % 2 == 0 ? lowHalf(halves[i]) : highHalf(halves[i])) - m;
    }
}

/// As q4_K, with 32 bytes of fifth bits before the halves: bit r of byte i belongs to number i of run r.
void expandQ5_K(const Byte* block, float* out)
{
    const float scale = halfAt(block), minimum = halfAt(block + 2);
    const PackedScales packed{ block + 4 };
    const Byte* fifth = block + 16;
    for (int run = 0; run < 8; ++run) {
        const float s = scale * float(packed.scale(run)), m = minimum * float(packed.minimum(run));
        const Byte* halves = block + 48 + run / 2 * 32;
        for (int i = 0; i < 32; ++i) {
            const int low = run % 2 == 0 ? lowHalf(halves[i]) : highHalf(halves[i]);
            out[32 * run + i] = s * float(low + (fifth[i] >> run & 1) * 16) - m;
        }
    }
}

/// Block: 128 bytes of low halves, 64 bytes of top pairs, 16 signed scales of 16 numbers each, scale. Each
/// half of the block is four runs of 32 numbers: runs 0 and 1 take the low halves of 64 bytes, runs 2 and 3
/// their high halves; pair r of byte i belongs to number i of run r. Value: scale · s · (q − 32).
void expandQ6_K(const Byte* block, float* out)
{
    const float scale = halfAt(block + 208);
    for (int run = 0; run < 8; ++run) {
        const int half = run / 4, inHalf = run % 4;
        const Byte* low = block + 64 * half + 32 * (inHalf % 2);
        const Byte* pairs = block + 128 + 32 * half;
        for (int i = 0; i < 32; ++i) {
            const float s = scale * float(std::int8_t(block[192 + 2 * run + i / 16]));
            const int four = inHalf < 2 ? lowHalf(low[i]) : highHalf(low[i]);
            out[32 * run + i] = s * float((four | (pairs[i] >> (2 * inHalf) & 3) << 4) - 32);
        }
    }
}

void expandBlocks(DType type, const std::byte* source, std::int64_t count, float* target,
    void (*expand)(const Byte*, float*))
{
    const auto* block = reinterpret_cast<const Byte*>(source);
    for (std::int64_t i = 0; i < count; i += blockSize(type), block += byteSize(type))
        expand(block, target + i);
}

} // namespace

void expandQuantised(DType type, const std::byte* source, std::int64_t count, float* target)
{
    HEADLIGHT_CHECK(count % blockSize(type) == 0, fmt::format("{} numbers of type {}", count, name(type)));
    switch (type) {
    case DType::Q4_0:
        return expandBlocks(type, source, count, target, expandQ4_0);
    case DType::Q4_1:
        return expandBlocks(type, source, count, target, expandQ4_1);
    case DType::Q5_0:
        return expandBlocks(type, source, count, target, expandQ5_0);
    case DType::Q5_1:
        return expandBlocks(type, source, count, target, expandQ5_1);
    case DType::Q8_0:
        return expandBlocks(type, source, count, target, expandQ8_0);
    case DType::Q4_K:
        return expandBlocks(type, source, count, target, expandQ4_K);
    case DType::Q5_K:
        return expandBlocks(type, source, count, target, expandQ5_K);
    case DType::Q6_K:
        return expandBlocks(type, source, count, target, expandQ6_K);
    default:
        HEADLIGHT_CHECK(false, fmt::format("{} is not quantised", name(type)));
    }
}

} // namespace headlight
