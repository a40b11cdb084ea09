// Two passes of weighted sums in fixed point. Where a line looks roundabout, it is the rounding of the
// reference.
#include "core/vision/resize.h"

#include "core/base/parallel_for.h"

#include <numbers>

namespace headlight {
namespace {

/// 32 bits less 8 for the sample and 2 for filters that overshoot.
constexpr int fractionBits = 22;

struct Filter {
    double (*weight)(double);
    double support; ///< the weight is zero farther than this from the centre
};

double box(double x)
{
    return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

double triangle(double x)
{
    return std::max(0.0, 1.0 - std::abs(x));
}

double sinc(double x)
{
    return x == 0.0 ? 1.0 : std::sin(x * std::numbers::pi) / (x * std::numbers::pi);
}

double hamming(double x)
{
    const double distance = std::abs(x);
    if (distance == 0.0)
        return 1.0;
    if (distance >= 1.0)
        return 0.0;
    return sinc(distance) * (0.54 + 0.46 * std::cos(distance * std::numbers::pi));
}

double cubic(double x)
{
    constexpr double a = -0.5;
    const double t = std::abs(x);
    if (t < 1.0)
        return ((a + 2.0) * t - (a + 3.0)) * t * t + 1.0;
    return t < 2.0 ? (((t - 5.0) * t + 8.0) * t - 4.0) * a : 0.0;
}

double lanczos(double x)
{
    return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
}

Filter filterOf(Resample resample)
{
    switch (resample) {
    case Resample::Lanczos:
        return { lanczos, 3.0 };
    case Resample::Bilinear:
        return { triangle, 1.0 };
    case Resample::Bicubic:
        return { cubic, 2.0 };
    case Resample::Hamming:
        return { hamming, 1.0 };
    case Resample::Box:
    case Resample::Nearest:
        break;
    }
    return { box, 0.5 };
}

/// What one output sample is made of: source samples [first, first + count), weighted.
struct Taps {
    int first = 0;
    std::vector<std::int32_t> weights; ///< sum to 2^fractionBits up to rounding
};

Taps tapsAt(int position, int from, int to, const Filter& filter)
{
    const double scale = double(from) / to;
    const double widening = std::max(scale, 1.0);
    const double support = filter.support * widening;
    const double centre = (position + 0.5) * scale;
    const int first = std::max(0, int(centre - support + 0.5));
    const int end = std::min(from, int(centre + support + 0.5));
    std::vector<double> weights(std::size_t(end - first), 0.0);
    const double narrowing = 1.0 / widening;
    double sum = 0.0;
    for (int i = 0; i < end - first; ++i) {
        weights[std::size_t(i)] = filter.weight((i + first - centre + 0.5) * narrowing);
        sum += weights[std::size_t(i)];
    }
    Taps taps{ first, std::vector<std::int32_t>(weights.size(), 0) };
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double share = (sum != 0.0 ? weights[i] / sum : weights[i]) * (1 << fractionBits);
        taps.weights[i] = std::int32_t(share < 0.0 ? share - 0.5 : share + 0.5);
    }
    return taps;
}

std::vector<Taps> tapsFor(int from, int to, const Filter& filter)
{
    std::vector<Taps> taps;
    taps.reserve(std::size_t(to));
    for (int position = 0; position < to; ++position)
        taps.push_back(tapsAt(position, from, to, filter));
    return taps;
}

std::uint8_t toSample(std::int32_t sum)
{
    return std::uint8_t(std::clamp(sum >> fractionBits, 0, 255));
}

/// Rows of `out` and `image` have equal numbers; samples of a row are mixed.
void mixColumns(const Image& image, const std::vector<Taps>& taps, std::int64_t y, std::uint8_t* out)
{
    const std::uint8_t* row = image.row(int(y)).data();
    for (const Taps& tap : taps) {
        std::int32_t sums[Image::channels] = { 1 << (fractionBits - 1), 1 << (fractionBits - 1),
            1 << (fractionBits - 1) };
        const std::uint8_t* pixel = row + std::ptrdiff_t(tap.first) * Image::channels;
        for (const std::int32_t weight : tap.weights) {
            for (int c = 0; c < Image::channels; ++c)
                sums[c] += pixel[c] * weight;
            pixel += Image::channels;
        }
        for (const std::int32_t sum : sums)
            *out++ = toSample(sum);
    }
}

/// One row of the result from the rows that `tap` names.
void mixRows(const Image& image, const Taps& tap, std::span<std::uint8_t> out)
{
    std::vector<std::int32_t> sums(out.size(), 1 << (fractionBits - 1));
    for (std::size_t i = 0; i < tap.weights.size(); ++i) {
        const std::uint8_t* row = image.row(tap.first + int(i)).data();
        const std::int32_t weight = tap.weights[i];
        for (std::size_t x = 0; x < sums.size(); ++x)
            sums[x] += row[x] * weight;
    }
    std::transform(sums.begin(), sums.end(), out.begin(), toSample);
}

Image resizeWidth(const Image& image, int width, const Filter& filter)
{
    const std::vector<Taps> taps = tapsFor(image.width(), width, filter);
    const std::int64_t stride = std::int64_t(width) * Image::channels;
    return Image::make(width, image.height(), [&](std::span<std::uint8_t> out) {
        parallelFor(0, image.height(), 16, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t y = first; y < last; ++y)
                mixColumns(image, taps, y, out.data() + y * stride);
        });
    });
}

Image resizeHeight(const Image& image, int height, const Filter& filter)
{
    const std::vector<Taps> taps = tapsFor(image.height(), height, filter);
    const std::size_t stride = std::size_t(image.width()) * Image::channels;
    return Image::make(image.width(), height, [&](std::span<std::uint8_t> out) {
        parallelFor(0, height, 16, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t y = first; y < last; ++y)
                mixRows(image, taps[std::size_t(y)], out.subspan(std::size_t(y) * stride, stride));
        });
    });
}

/// Positions are added up, not multiplied: that is where the reference's rounding comes from.
std::vector<int> nearestPositions(int from, int to)
{
    const double step = double(from) / to;
    double position = step * 0.5;
    std::vector<int> positions(std::size_t(to), 0);
    for (int& source : positions) {
        source = std::min(int(position), from - 1);
        position += step;
    }
    return positions;
}

Image resizeNearest(const Image& image, int width, int height)
{
    const std::vector<int> columns = nearestPositions(image.width(), width);
    const std::vector<int> rows = nearestPositions(image.height(), height);
    return Image::make(width, height, [&](std::span<std::uint8_t> out) {
        std::uint8_t* target = out.data();
        for (const int y : rows) {
            const auto row = image.row(y);
            for (const int x : columns)
                target =
                    std::copy_n(row.data() + std::ptrdiff_t(x) * Image::channels, Image::channels, target);
        }
    });
}

} // namespace

std::optional<Resample> resampleFromNumber(int number)
{
    if (number < int(Resample::Nearest) || number > int(Resample::Hamming))
        return std::nullopt;
    return Resample(number);
}

Image resize(const Image& image, int width, int height, Resample resample)
{
    HEADLIGHT_CHECK(!image.empty(), "resize of an empty picture");
    if (width == image.width() && height == image.height())
        return image;
    if (resample == Resample::Nearest)
        return resizeNearest(image, width, height);
    const Filter filter = filterOf(resample);
    const Image wide = width == image.width() ? image : resizeWidth(image, width, filter);
    return height == image.height() ? wide : resizeHeight(wide, height, filter);
}

} // namespace headlight
