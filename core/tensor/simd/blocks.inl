// Quantised blocks to floats, for sources that Highway compiles once per target: after lanes.inl, and no guard, as there.

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

HWY_INLINE float halfAt(const Byte* bytes)
{
    std::uint16_t half;
    std::memcpy(&half, bytes, sizeof half);
#if HWY_MAX_BYTES >= 32
    const hn::FixedTag<float, 4> four;
    const hn::Rebind<hwy::float16_t, decltype(four)> halves;
    return hn::GetLane(hn::PromoteTo(four, hn::BitCast(halves, hn::Set(hn::RebindToUnsigned<decltype(halves)>(), half))));
#else // without an instruction for it, the conversion of vectors does not know infinities
    return halfToFloat(half);
#endif
}

/// Block: scale, 16 bytes of halves. Value: scale · (q − 8).
HWY_INLINE void expandQ4_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    forRun(16, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 2 + i);
        put(hn::Sub(lowHalves(bytes), whole(8)), scale, out + i);
        put(hn::Sub(highHalves(bytes), whole(8)), scale, out + i + 16);
    });
}

/// Block: scale, minimum, 16 bytes of halves. Value: scale · q + minimum.
HWY_INLINE void expandQ4_1(const Byte* block, float* out)
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
HWY_INLINE void expandQ5_0(const Byte* block, float* out)
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
HWY_INLINE void expandQ5_1(const Byte* block, float* out)
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
HWY_INLINE void expandQ8_0(const Byte* block, float* out)
{
    const float scale = halfAt(block);
    forRun(32, [&](int i) HWY_ATTR { put(signedBytesAt(block + 2 + i), scale, out + i); });
}

/// Eight scales and eight minima of six bits, packed into twelve bytes: the first four of each lie in the low
/// six bits of bytes 0-3 and 4-7; of the others the low half lies in bytes 8-11 and the top two bits where
/// those six left room. Four at a time: as bytes of a word.
struct RunScales {
    alignas(64) float scales[8], minima[8];
    RunScales(const Byte* block)
    {
        std::uint32_t words[3];
        std::memcpy(words, block + 4, sizeof words);
        constexpr std::uint32_t six = 0x3f3f3f3f, four = 0x0f0f0f0f, two = 0x30303030;
        const std::uint32_t s[2]{ words[0] & six, (words[2] & four) | ((words[0] >> 2) & two) };
        const std::uint32_t m[2]{ words[1] & six, ((words[2] >> 4) & four) | ((words[1] >> 2) & two) };
        spread(s, halfAt(block), scales);
        spread(m, -halfAt(block + 2), minima);
    }

private:
    /// Eight bytes as floats, times a factor.
    static HWY_INLINE void spread(const std::uint32_t (&words)[2], float factor, float* out)
    {
        Byte bytes[16] = {};
        std::memcpy(bytes, words, sizeof words);
        const hn::CappedTag<float, 8> tag;
        const hn::RebindToSigned<decltype(tag)> whole;
        for (std::size_t i = 0; i < 8; i += hn::Lanes(tag)) {
            const auto q = hn::PromoteTo(whole, hn::LoadU(hn::Rebind<Byte, decltype(tag)>(), bytes + i));
            hn::StoreU(hn::Mul(hn::ConvertTo(tag, q), hn::Set(tag, factor)), tag, out + i);
        }
    }
};

/// factor · q + shift, rounded as `put` rounds.
struct Scaled {
    Vector factor, shift;
    HWY_INLINE Scaled(float f, float s)
        : factor(all(f))
        , shift(all(s))
    {
    }
    HWY_INLINE Vector operator()(Whole32 q) const
    {
        return hn::Add(hn::Mul(hn::ConvertTo(floats, q), factor), shift);
    }
};

/// The same for q of 0-15; where a vector holds sixteen numbers they are looked up.
#if HWY_MAX_BYTES == 64
struct Sixteen {
    Vector table;
    HWY_INLINE Sixteen(float factor, float shift)
        : table(Scaled(factor, shift)(hn::Iota(integers, 0)))
    {
    }
    HWY_INLINE Vector operator()(Whole32 q) const
    {
        return hn::TableLookupLanes(table, hn::IndicesFromVec(floats, q));
    }
};
#else
using Sixteen = Scaled;
#endif

/// Block: scale, minimum, packed scales, 128 bytes of halves; each 32 bytes hold two runs of 32 numbers.
/// Value: scale · s · q − minimum · m.
HWY_INLINE void expandQ4_K(const Byte* block, float* out)
{
    const RunScales runs(block);
    for (int pair = 0; pair < 4; ++pair) {
        const Sixteen low(runs.scales[2 * pair], runs.minima[2 * pair]),
            high(runs.scales[2 * pair + 1], runs.minima[2 * pair + 1]);
        forRun(32, [&](int i) HWY_ATTR {
            const Whole32 bytes = bytesAt(block + 16 + 32 * pair + i);
            hn::StoreU(low(lowHalves(bytes)), floats, out + 64 * pair + i);
            hn::StoreU(high(highHalves(bytes)), floats, out + 64 * pair + 32 + i);
        });
    }
}

template <int run> HWY_INLINE Whole32 fifthBit(Whole32 bits)
{
    if constexpr (run <= 4)
        return hn::And(hn::ShiftLeft<4 - run>(bits), whole(16));
    else
        return hn::And(hn::ShiftRight<run - 4>(bits), whole(16));
}

template <int pair> HWY_INLINE void expandPairQ5_K(const Byte* block, const RunScales& runs, float* out)
{
    const Scaled low(runs.scales[2 * pair], runs.minima[2 * pair]),
        high(runs.scales[2 * pair + 1], runs.minima[2 * pair + 1]);
    forRun(32, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 48 + 32 * pair + i), bits = bytesAt(block + 16 + i);
        hn::StoreU(low(hn::Or(lowHalves(bytes), fifthBit<2 * pair>(bits))), floats, out + 64 * pair + i);
        hn::StoreU(high(hn::Or(highHalves(bytes), fifthBit<2 * pair + 1>(bits))), floats,
            out + 64 * pair + 32 + i);
    });
}

/// As q4_K, with 32 bytes of fifth bits before the halves: bit r of byte i belongs to number i of run r.
HWY_INLINE void expandQ5_K(const Byte* block, float* out)
{
    const RunScales runs(block);
    expandPairQ5_K<0>(block, runs, out);
    expandPairQ5_K<1>(block, runs, out);
    expandPairQ5_K<2>(block, runs, out);
    expandPairQ5_K<3>(block, runs, out);
}

/// Block: 128 bytes of low halves, 64 bytes of top pairs, 16 signed scales of 16 numbers each, scale. Each
/// half of the block is four runs of 32 numbers: runs 0 and 1 take the low halves of 64 bytes, runs 2 and 3
/// their high halves; pair r of byte i belongs to number i of run r. Value: scale · s · (q − 32).
HWY_INLINE void expandQ6_K(const Byte* block, float* out)
{
    alignas(64) float scales[16];
    const Vector scale = all(halfAt(block + 208));
    forRun(16, [&](int i) HWY_ATTR {
        hn::StoreU(hn::Mul(scale, hn::ConvertTo(floats, signedBytesAt(block + 192 + i))), floats, scales + i);
    });
    const Whole32 top = whole(0x30), middle = whole(32);
    for (int half = 0; half < 2; ++half) {
        const Byte *low = block + 64 * half, *pairs = block + 128 + 32 * half;
        float* to = out + 128 * half;
        forRun(32, [&](int i) HWY_ATTR {
            const Whole32 a = bytesAt(low + i), b = bytesAt(low + 32 + i), bits = bytesAt(pairs + i);
            const float* s = scales + 8 * half + i / 16;
            const auto store = [&](Whole32 four, Whole32 two, int run) HWY_ATTR {
                const Whole32 q = hn::Sub(hn::Or(four, hn::And(two, top)), middle);
                hn::StoreU(hn::Mul(hn::ConvertTo(floats, q), all(s[2 * run])), floats, to + 32 * run + i);
            };
            store(lowHalves(a), hn::ShiftLeft<4>(bits), 0);
            store(lowHalves(b), hn::ShiftLeft<2>(bits), 1);
            store(highHalves(a), bits, 2);
            store(highHalves(b), hn::ShiftRight<2>(bits), 3);
        });
    }
}

/// The sixteen numbers of MXFP4 (sign, two bits of exponent, one of fraction) times 2^(exponent − 127).
struct FourBitFloats {
    alignas(64) float values[16];
    explicit FourBitFloats(int exponent)
    {
        constexpr float numbers[16]{ 0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f, -0.0f, -0.5f, -1.0f,
            -1.5f, -2.0f, -3.0f, -4.0f, -6.0f };
        // Twice, as the smallest exponents alone are no normal numbers.
        const Vector first = all(std::bit_cast<float>(std::uint32_t(exponent / 2 + 64) << 23)),
                     second = all(std::bit_cast<float>(std::uint32_t(exponent - exponent / 2 + 63) << 23));
        forRun(16, [&](int i) HWY_ATTR {
            hn::StoreU(hn::Mul(hn::Mul(hn::LoadU(floats, numbers + i), first), second), floats, values + i);
        });
    }
    HWY_INLINE Vector operator()(Whole32 q) const
    {
#if HWY_MAX_BYTES == 64
        return hn::TableLookupLanes(hn::LoadU(floats, values), hn::IndicesFromVec(floats, q));
#else
        return hn::GatherIndex(floats, values, q);
#endif
    }
};

/// Block: exponent, 16 bytes of halves.
HWY_INLINE void expandMxfp4(const Byte* block, float* out)
{
    const FourBitFloats values(block[0]);
    forRun(16, [&](int i) HWY_ATTR {
        const Whole32 bytes = bytesAt(block + 1 + i);
        hn::StoreU(values(lowHalves(bytes)), floats, out + i);
        hn::StoreU(values(highHalves(bytes)), floats, out + i + 16);
    });
}

/// Exponents apart: number 2i in the lower half of byte i, number 2i + 1 in the upper one.
HWY_INLINE void expandScaledMxfp4(const Byte* block, const Byte* exponent, float* out)
{
    const FourBitFloats values(*exponent);
    alignas(64) Byte ordered[32];
#if HWY_TARGET == HWY_SCALAR
    for (int b = 0; b < 16; ++b) {
        ordered[2 * b] = block[b] & 0xf;
        ordered[2 * b + 1] = block[b] >> 4;
    }
#else
    const hn::FixedTag<Byte, 16> bytes;
    const hn::Repartition<std::uint16_t, decltype(bytes)> pairs;
    const auto stored = hn::LoadU(bytes, block), mask = hn::Set(bytes, Byte(0xf));
    const auto low = hn::And(stored, mask),
               high = hn::And(hn::BitCast(bytes, hn::ShiftRight<4>(hn::BitCast(pairs, stored))), mask);
    hn::StoreU(hn::InterleaveLower(bytes, low, high), bytes, ordered);
    hn::StoreU(hn::InterleaveUpper(bytes, low, high), bytes, ordered + 16);
#endif
    forRun(32, [&](int i) HWY_ATTR { hn::StoreU(values(bytesAt(ordered + i)), floats, out + i); });
}

/// use(kind) for the kind of blocks that `type` names: how many numbers and bytes, and how they are expanded.
template <int Numbers, int Bytes, void (*Expand)(const Byte*, float*)> struct Blocks {
    static constexpr int numbers = Numbers, bytes = Bytes, scales = 0; ///< scales stored apart, per block
    static HWY_INLINE void expand(const Byte* block, const Byte*, float* out) { Expand(block, out); }
};
struct ScaledBlocks {
    static constexpr int numbers = 32, bytes = 16, scales = 1;
    static HWY_INLINE void expand(const Byte* block, const Byte* scale, float* out)
    {
        expandScaledMxfp4(block, scale, out);
    }
};
template <typename Use> void withBlocks(DType type, const Use& use)
{
    switch (type) {
    case DType::Q4_0:
        return use(Blocks<32, 18, expandQ4_0>());
    case DType::Q4_1:
        return use(Blocks<32, 20, expandQ4_1>());
    case DType::Q5_0:
        return use(Blocks<32, 22, expandQ5_0>());
    case DType::Q5_1:
        return use(Blocks<32, 24, expandQ5_1>());
    case DType::Q8_0:
        return use(Blocks<32, 34, expandQ8_0>());
    case DType::Q4_K:
        return use(Blocks<256, 144, expandQ4_K>());
    case DType::Q5_K:
        return use(Blocks<256, 176, expandQ5_K>());
    case DType::Q6_K:
        return use(Blocks<256, 210, expandQ6_K>());
    case DType::MXFP4:
        return use(ScaledBlocks());
    case DType::MXFP4Block:
        return use(Blocks<32, 17, expandMxfp4>());
    default:
        HEADLIGHT_CHECK(false, fmt::format("{} is not quantised", name(type)));
    }
}

} // namespace
} // namespace headlight::HWY_NAMESPACE
