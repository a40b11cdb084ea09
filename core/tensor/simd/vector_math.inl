// exp, log, erfc, the normal distribution and tanh of a vector: no branch, no table, accurate to f32 itself (checked
// against the C library in tst_kernels). Include after lanes.inl, in the same way.

namespace headlight::simd::HWY_NAMESPACE {

/// Below, e^x is 0: the last that is not a denormal number.
constexpr float smallestExponent = -87.3f;

/// Σ c·xⁱ, highest power first.
template <std::size_t N>
HWY_INLINE Vector polynomial(Vector x, const float (&c)[N])
{
    Vector p = all(c[0]);
    for (std::size_t i = 1; i < N; ++i)
        p = hn::MulAdd(p, x, all(c[i]));
    return p;
}

/// e^x for smallestExponent ≤ x ≤ 88, relative error below 2e-7; NaN stays NaN, elsewhere anything.
HWY_INLINE Vector expInside(Vector x)
{
    // Adding and taking away 1.5·2^23 rounds to the nearest integer, and leaves it in the lowest bits.
    const Vector magic = all(12582912.0f);
    const Vector shifted = hn::MulAdd(x, all(1.44269504f), magic), n = hn::Sub(shifted, magic);
    Vector r = hn::NegMulAdd(n, all(0.693359375f), x); // ln 2 in two parts, the first exact in few bits
    r = hn::NegMulAdd(n, all(-2.12194440e-4f), r);
    // 1 + r + r²·q(r), q fitted for the least relative error on |r| ≤ ½·ln 2: 3e-9.
    static constexpr float q[] { 0.0013814459f, 0.0083687808f, 0.0416683927f, 0.1666651964f, 0.4999999404f };
    const Vector p = hn::MulAdd(hn::Mul(r, r), polynomial(r, q), r);
    const auto exponent = hn::Add(hn::BitCast(integers, shifted), hn::Set(integers, 127));
    const Vector power = hn::BitCast(floats, hn::ShiftLeft<23>(exponent));
    return hn::MulAdd(p, power, power);
}

/// e^x for x ≤ 0 and NaN: 0 below smallestExponent.
HWY_INLINE Vector expNegative(Vector x)
{
    return hn::IfThenZeroElse(hn::Lt(x, all(smallestExponent)), expInside(x));
}

/// e^x, saturating above 88.
HWY_INLINE Vector exp(Vector x)
{
    const Vector top = all(88.0f);
    return expNegative(hn::IfThenElse(hn::Gt(x, top), top, x));
}

/// Natural logarithm of a normal number, relative error below 3e-7 (absolute near 1): 2·artanh((m-1)/(m+1)) of the
/// mantissa m in [√½, √2], as a series in which the next term is below 1e-9.
HWY_INLINE Vector log(Vector x)
{
    const auto bits = hn::BitCast(integers, x);
    const auto exponent = hn::ShiftRight<23>(hn::Sub(bits, hn::Set(integers, 0x3f3504f3))); // √½
    const Vector m = hn::BitCast(floats, hn::Sub(bits, hn::ShiftLeft<23>(exponent)));
    const Vector one = all(1.0f), t = hn::Div(hn::Sub(m, one), hn::Add(m, one));
    static constexpr float series[] { 2.0f / 9.0f, 2.0f / 7.0f, 2.0f / 5.0f, 2.0f / 3.0f, 2.0f };
    return hn::MulAdd(hn::ConvertTo(floats, exponent), all(0.693147181f), hn::Mul(polynomial(hn::Mul(t, t), series), t));
}

/// Complementary error function for x ≥ 0, absolute error below 5e-7: t·P(t)·e^(-x²) with t = 1/(1+0.35x), P fitted by
/// weighted least squares on Chebyshev nodes; what is left is rounding.
HWY_INLINE Vector erfcPositive(Vector x)
{
    static constexpr float p[] { 0.0714424867f, -0.418627742f, 0.858015579f, -0.72172107f, 0.611992835f,
        -0.0125764273f, 0.218927399f, 0.195209807f, 0.197337133f };
    const Vector one = all(1.0f), t = hn::Div(one, hn::MulAdd(x, all(0.35f), one));
    return hn::Mul(hn::Mul(polynomial(t, p), t), expNegative(hn::Neg(hn::Mul(x, x))));
}

/// Φ(x), the normal distribution's cumulative function: ½·erfc(-x/√2). Absolute error below 3e-7.
HWY_INLINE Vector normalCdf(Vector x)
{
    const Vector tail = hn::Mul(all(0.5f), erfcPositive(hn::Mul(hn::Abs(x), all(0.707106781f))));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(floats)), tail, hn::Sub(all(1.0f), tail));
}

/// Absolute error below 2e-7, relative below 4e-6.
HWY_INLINE Vector tanh(Vector x)
{
    const Vector a = hn::Abs(x), one = all(1.0f);
    const Vector small = hn::NegMulAdd(hn::Mul(hn::Mul(a, a), a), all(1.0f / 3.0f), a); // where 1 - e^(-2a) would lose digits
    const Vector e = expNegative(hn::Mul(a, all(-2.0f)));
    const Vector large = hn::Div(hn::Sub(one, e), hn::Add(one, e));
    return hn::CopySign(hn::IfThenElse(hn::Lt(a, all(0.02f)), small, large), x);
}

/// 1/(1+e^-x)
HWY_INLINE Vector sigmoid(Vector x)
{
    const Vector e = expNegative(hn::Neg(hn::Abs(x))), one = all(1.0f); // never large: x·sigmoid(x) stays right for the lowest of numbers
    return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(floats)), e, one), hn::Add(one, e));
}

} // namespace headlight::simd::HWY_NAMESPACE
