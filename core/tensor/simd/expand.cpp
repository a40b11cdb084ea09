// Stored numbers to f32, for all targets: halves, bfloats, and the quantised blocks of GGUF.

#include "core/tensor/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/simd/expand.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/base/check.h"
#include "core/tensor/expand.h"

HWY_BEFORE_NAMESPACE();
#include "core/tensor/simd/lanes.inl"

namespace headlight::HWY_NAMESPACE {
namespace {

using namespace simd::HWY_NAMESPACE;

using Byte = std::uint8_t;
using Whole32 = hn::Vec<Integers>;

/// Runs of numbers in a block are 16 or 32 long: whole vectors for every target.
static_assert(hn::MaxLanes(floats) <= 16);

template <typename Body> HWY_INLINE void forRun(int count, const Body& body)
{
    for (int i = 0; i < count; i += int(laneCount()))
        body(i);
}

HWY_INLINE Whole32 bytesAt(const Byte* p)
{
    return hn::PromoteTo(integers, hn::LoadU(hn::Rebind<Byte, Floats>(), p));
}

HWY_INLINE Whole32 signedBytesAt(const Byte* p)
{
    return hn::PromoteTo(
        integers, hn::LoadU(hn::Rebind<std::int8_t, Floats>(), reinterpret_cast<const std::int8_t*>(p)));
}

HWY_INLINE Whole32 whole(int value)
{
    return hn::Set(integers, value);
}

/// The upper or lower half of every byte: a block stores its numbers i and i + size/2 in one.
HWY_INLINE Whole32 lowHalves(Whole32 bytes)
{
    return hn::And(bytes, whole(0xf));
}
HWY_INLINE Whole32 highHalves(Whole32 bytes)
{
    return hn::ShiftRight<4>(bytes);
}

/// factor · q + shift, rounded twice as the reference does.
HWY_INLINE void put(Whole32 q, float factor, float shift, float* out)
{
    hn::StoreU(hn::Add(hn::Mul(hn::ConvertTo(floats, q), all(factor)), all(shift)), floats, out);
}
HWY_INLINE void put(Whole32 q, float factor, float* out)
{
    hn::StoreU(hn::Mul(hn::ConvertTo(floats, q), all(factor)), floats, out);
}

float halfAt(const Byte* bytes)
{
    std::uint16_t half;
    std::memcpy(&half, bytes, sizeof half);
    return halfToFloat(half);
}

/// Block: scale, 16 bytes of halves. Value: scale · (q − 8).
void expandQ4_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    forRun(16, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 2 + i);
        put(hn::Sub(lowHalves(bytes), whole(8)), scale, out + i);
        put(hn::Sub(highHalves(bytes), whole(8)), scale, out + i + 16);
    });
}

/// Block: scale, minimum, 16 bytes of halves. Value: scale · q + minimum.
void expandQ4_1(const Byte* block, float* out)
{
    const float scale = halfAt(block), minimum = halfAt(block + 2);
    forRun(16, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 4 + i);
        put(lowHalves(bytes), scale, minimum, out + i);
        put(highHalves(bytes), scale, minimum, out + i + 16);
    });
}

/// The fifth bit of number i is bit i of a word of its own; the words of numbers 0-15 and 16-31.
struct FifthBits {
    std::uint16_t low, high;
    explicit FifthBits(const Byte* bytes)
    {
        std::memcpy(&low, bytes, sizeof low);
        std::memcpy(&high, bytes + 2, sizeof high);
    }
    static HWY_INLINE Whole32 of(std::uint16_t bits, int i)
    {
        const auto place = hn::Shl(whole(1), hn::Iota(integers, i));
        return hn::IfThenElseZero(hn::TestBit(whole(bits), place), whole(16));
    }
};

/// Block: scale, 32 fifth bits, 16 bytes of halves. Value: scale · (q − 16).
void expandQ5_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    const FifthBits fifth(block + 2);
    forRun(16, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 6 + i);
        put(hn::Sub(hn::Or(lowHalves(bytes), FifthBits::of(fifth.low, i)), whole(16)), scale, out + i);
        put(hn::Sub(hn::Or(highHalves(bytes), FifthBits::of(fifth.high, i)), whole(16)), scale, out + i + 16);
    });
}

/// Block: scale, minimum, 32 fifth bits, 16 bytes of halves. Value: scale · q + minimum.
void expandQ5_1(const Byte* block, float* out)
{
    const float scale = halfAt(block), minimum = halfAt(block + 2);
    const FifthBits fifth(block + 4);
    forRun(16, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 8 + i);
        put(hn::Or(lowHalves(bytes), FifthBits::of(fifth.low, i)), scale, minimum, out + i);
        put(hn::Or(highHalves(bytes), FifthBits::of(fifth.high, i)), scale, minimum, out + i + 16);
    });
}

/// Block: scale, 32 signed bytes. Value: scale · q.
void expandQ8_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    forRun(32, [&](int i) HWY_ATTR { put(signedBytesAt(block + 2 + i), scale, out + i); });
}

/// Eight scales and eight minima of six bits, packed into twelve bytes: the first four of each lie in the low
/// six bits of bytes 0-3 and 4-7; of the others the low half lies in bytes 8-11 and the top two bits where
/// those six left room.
struct PackedScales {
    const Byte* bytes;
    int scale(int i) const { return i < 4 ? bytes[i] & 63 : (bytes[i + 4] & 0xf) | bytes[i - 4] >> 6 << 4; }
    int minimum(int i) const { return i < 4 ? bytes[i + 4] & 63 : bytes[i + 4] >> 4 | bytes[i] >> 6 << 4; }
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
        forRun(32, [&](int i) HWY_ATTR {
            const Whole32 bytes = bytesAt(halves + i);
            put(run % 2 == 0 ? lowHalves(bytes) : highHalves(bytes), s, -m, out + 32 * run + i);
        });
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
        forRun(32, [&](int i) HWY_ATTR {
            const Whole32 bytes = bytesAt(halves + i);
            const Whole32 bit = hn::And(hn::ShiftRightSame(bytesAt(fifth + i), run), whole(1));
            put(hn::Or(run % 2 == 0 ? lowHalves(bytes) : highHalves(bytes), hn::ShiftLeft<4>(bit)), s, -m,
                out + 32 * run + i);
        });
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
        forRun(32, [&](int i) HWY_ATTR {
            const float s = scale * float(std::int8_t(block[192 + 2 * run + i / 16]));
            const Whole32 bytes = bytesAt(low + i),
                          pair = hn::And(hn::ShiftRightSame(bytesAt(pairs + i), 2 * inHalf), whole(3));
            const Whole32 four = inHalf < 2 ? lowHalves(bytes) : highHalves(bytes);
            put(hn::Sub(hn::Or(four, hn::ShiftLeft<4>(pair)), whole(32)), s, out + 32 * run + i);
        });
    }
}

void expandBlocks(DType type, const std::byte* source, std::int64_t count, float* target,
    void (*expand)(const Byte*, float*))
{
    const auto* block = reinterpret_cast<const Byte*>(source);
    for (std::int64_t i = 0; i < count; i += blockSize(type), block += byteSize(type))
        expand(block, target + i);
}

void quantisedLoop(DType type, const std::byte* source, std::int64_t count, float* target)
{
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

/// As halfToFloat.
HWY_INLINE Vector floatsOfHalves(Whole32 halves)
{
    const Whole32 magnitude = hn::And(halves, whole(0x7fff));
    const Whole32 shifted = hn::ShiftLeft<13>(magnitude);
    // Seen as an f32, the exponent is 112 too small, for a subnormal half as well.
    const Vector finite = hn::Mul(hn::BitCast(floats, shifted), all(0x1p112f));
    const Vector endless = hn::BitCast(floats, hn::Or(shifted, whole(0x7f800000)));
    const Vector value =
        hn::IfThenElse(hn::RebindMask(floats, hn::Gt(magnitude, whole(0x7bff))), endless, finite);
    return hn::Or(value, hn::BitCast(floats, hn::ShiftLeft<16>(hn::And(halves, whole(0x8000)))));
}

HWY_INLINE Vector floatsOfBfloats(Whole32 bfloats)
{
    return hn::BitCast(floats, hn::ShiftLeft<16>(bfloats));
}

/// Sixteen-bit numbers, which may begin anywhere: copied to where they may be loaded from, some at a time.
template <typename Convert>
HWY_INLINE void expand16(const std::byte* source, std::int64_t count, float* target, const Convert& convert)
{
    constexpr std::int64_t atOnce = 512;
    alignas(64) std::uint16_t bits[atOnce] = {};
    for (std::int64_t begin = 0; begin < count; begin += atOnce) {
        const std::int64_t size = std::min(atOnce, count - begin);
        std::memcpy(bits, source + 2 * begin, std::size_t(2 * size));
        forEachVector(size, [&](std::int64_t i, auto lanes) HWY_ATTR {
            const auto stored = hn::LoadU(
                hn::Rebind<std::uint16_t, Floats>(), bits + i); // within `bits`, which is whole vectors
            lanes.store(convert(hn::PromoteTo(integers, stored)), target + begin + i);
        });
    }
}

void halvesLoop(const std::byte* source, std::int64_t count, float* target)
{
    expand16(source, count, target, [](Whole32 v) HWY_ATTR { return floatsOfHalves(v); });
}

void bfloatsLoop(const std::byte* source, std::int64_t count, float* target)
{
    expand16(source, count, target, [](Whole32 v) HWY_ATTR { return floatsOfBfloats(v); });
}

} // namespace
} // namespace headlight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace headlight {

HWY_EXPORT(quantisedLoop);
HWY_EXPORT(halvesLoop);
HWY_EXPORT(bfloatsLoop);

void expandQuantised(DType type, const std::byte* source, std::int64_t count, float* target)
{
    HEADLIGHT_CHECK(count % blockSize(type) == 0, fmt::format("{} numbers of type {}", count, name(type)));
    HWY_DYNAMIC_DISPATCH(quantisedLoop)(type, source, count, target);
}

void expandHalves(const std::byte* source, std::int64_t count, float* target)
{
    HWY_DYNAMIC_DISPATCH(halvesLoop)(source, count, target);
}

void expandBfloats(const std::byte* source, std::int64_t count, float* target)
{
    HWY_DYNAMIC_DISPATCH(bfloatsLoop)(source, count, target);
}

} // namespace headlight
#endif
