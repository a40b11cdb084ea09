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
#include "core/tensor/simd/blocks.inl"

namespace headlight::HWY_NAMESPACE {
namespace {

using namespace simd::HWY_NAMESPACE;

void quantisedLoop(
    DType type, const std::byte* source, const std::byte* scales, std::int64_t count, float* target)
{
    withBlocks(type, [&](auto kind) {
        using Kind = decltype(kind);
        const auto* block = reinterpret_cast<const Byte*>(source);
        const auto* scale = reinterpret_cast<const Byte*>(scales);
        for (std::int64_t i = 0; i < count; i += Kind::numbers, block += Kind::bytes, scale += Kind::scales)
            Kind::expand(block, scale, target + i);
    });
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
    HWY_DYNAMIC_DISPATCH(quantisedLoop)(type, source, nullptr, count, target);
}

void expandScaledBlocks(const std::byte* blocks, const std::byte* exponents, std::int64_t count, float* target)
{
    HWY_DYNAMIC_DISPATCH(quantisedLoop)(DType::MXFP4, blocks, exponents, count, target);
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
