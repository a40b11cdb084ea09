// Slaney's mel scale and its triangles.
#include "core/audio/mel_filters.h"

namespace headlight {
namespace {

/// Below 1 kHz a mel is 200/3 Hz; above, 27 mels are a factor of 6.4.
constexpr double hertzPerMel = 200.0 / 3.0;
constexpr double logarithmicFrom = 1000.0;
constexpr double melsPerFactor = 27.0, factor = 6.4;

double melOfHertz(double hertz)
{
    if (hertz < logarithmicFrom)
        return hertz / hertzPerMel;
    return logarithmicFrom / hertzPerMel
        + std::log(hertz / logarithmicFrom) * melsPerFactor / std::log(factor);
}

double hertzOfMel(double mel)
{
    const double boundary = logarithmicFrom / hertzPerMel;
    if (mel < boundary)
        return mel * hertzPerMel;
    return logarithmicFrom * std::exp((mel - boundary) * std::log(factor) / melsPerFactor);
}

/// `corners` are the frequencies where the triangle rises, peaks and ends.
MelFilter triangle(const std::array<double, 3>& corners, const MelScale& scale)
{
    const double area = 2.0 / (corners[2] - corners[0]);
    const double step = double(scale.sampleRate / 2) / std::max(1, scale.bins - 1);
    MelFilter filter;
    for (int bin = 0; bin < scale.bins; ++bin) {
        const double hertz = bin * step;
        const double rising = (hertz - corners[0]) / (corners[1] - corners[0]);
        const double falling = (corners[2] - hertz) / (corners[2] - corners[1]);
        const double weight = std::min(rising, falling) * area;
        if (!(weight > 0))
            continue;
        if (filter.weights.empty())
            filter.firstBin = bin;
        filter.weights.push_back(weight);
    }
    return filter;
}

} // namespace

std::vector<MelFilter> melFilters(const MelScale& scale)
{
    const double step = melOfHertz(scale.highest) / (scale.bands + 1);
    std::vector<MelFilter> filters;
    for (int band = 0; band < scale.bands; ++band)
        filters.push_back(triangle(
            { hertzOfMel(band * step), hertzOfMel((band + 1) * step), hertzOfMel((band + 2) * step) },
            scale));
    return filters;
}

} // namespace headlight
