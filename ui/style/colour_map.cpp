// Builds the colour maps once: five from their published tables, grey and the diverging one from a formula.

#include "ui/style/colour_map.h"

#include "ui/style/colour_tables.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

/// A colour in Oklab (Ottosson 2020), where equal steps look equal.
struct Oklab {
    double l, a, b;
};

double toLinear(double channel)
{
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double fromLinear(double channel)
{
    return channel <= 0.0031308 ? channel * 12.92 : 1.055 * std::pow(channel, 1 / 2.4) - 0.055;
}

Oklab oklab(QRgb colour)
{
    const double r = toLinear(qRed(colour) / 255.0), g = toLinear(qGreen(colour) / 255.0),
                 b = toLinear(qBlue(colour) / 255.0);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return { 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
        1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
        0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s };
}

QRgb rgb(const Oklab& colour)
{
    const double l = std::pow(colour.l + 0.3963377774 * colour.a + 0.2158037573 * colour.b, 3);
    const double m = std::pow(colour.l - 0.1055613458 * colour.a - 0.0638541728 * colour.b, 3);
    const double s = std::pow(colour.l - 0.0894841775 * colour.a - 1.2914855480 * colour.b, 3);
    const auto byte = [](double linear) {
        return int(std::lround(255 * fromLinear(std::clamp(linear, 0.0, 1.0))));
    };
    return qRgb(byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

QRgb between(QRgb from, QRgb to, double share)
{
    const Oklab a = oklab(from), b = oklab(to);
    return rgb({ std::lerp(a.l, b.l, share), std::lerp(a.a, b.a, share), std::lerp(a.b, b.b, share) });
}

/// Blue for negative, near white for zero, red for positive; both ends equally dark. No two of the three are
/// confused by red-green blind eyes.
QRgb divergingAt(int index)
{
    constexpr QRgb middle = qRgb(0xf6, 0xf5, 0xf2);
    const double share = (index - 127.5) / 127.5;
    return between(middle, share < 0 ? qRgb(0x1f, 0x4e, 0xb4) : qRgb(0xb2, 0x1f, 0x2c), std::abs(share));
}

ColourMap fromTable(const char* id, const ColourTable& table)
{
    ColourMap map{ QString::fromLatin1(id), QString::fromLatin1(id), false, {} };
    std::transform(table.begin(), table.end(), map.table.begin(),
        [](std::uint32_t colour) { return QRgb(colour) | 0xff000000u; });
    return map;
}

template <typename Function> ColourMap fromFunction(const char* id, bool diverging, Function colourAt)
{
    ColourMap map{ QString::fromLatin1(id), QString::fromLatin1(id), diverging, {} };
    for (int i = 0; i < 256; ++i)
        map.table[std::size_t(i)] = colourAt(i);
    return map;
}

double luminance(QRgb colour)
{
    return 0.2126 * toLinear(qRed(colour) / 255.0) + 0.7152 * toLinear(qGreen(colour) / 255.0)
        + 0.0722 * toLinear(qBlue(colour) / 255.0);
}

} // namespace

QRgb ColourMap::at(float position) const
{
    // A NaN compares false and becomes the first colour.
    const float clamped = position > 0 ? std::min(position, 1.0f) : 0.0f;
    return table[std::size_t(std::lround(clamped * 255))];
}

std::span<const ColourMap> colourMaps()
{
    static const std::array maps{ fromTable("viridis", viridisTable), fromTable("cividis", cividisTable),
        fromTable("magma", magmaTable), fromTable("inferno", infernoTable), fromTable("plasma", plasmaTable),
        fromFunction("grey", false, [](int i) { return qRgb(i, i, i); }),
        fromFunction("blue-red", true, divergingAt) };
    return maps;
}

const ColourMap& colourMap(const QString& id, bool* found)
{
    const auto maps = colourMaps();
    const auto match =
        std::find_if(maps.begin(), maps.end(), [&](const ColourMap& map) { return map.id == id; });
    if (found)
        *found = match != maps.end();
    return match != maps.end() ? *match : maps.front();
}

double contrast(QRgb a, QRgb b)
{
    const auto [darker, lighter] = std::minmax({ luminance(a), luminance(b) });
    return (lighter + 0.05) / (darker + 0.05);
}

QColor textOn(QRgb background)
{
    const QColor black(Qt::black), white(Qt::white);
    return contrast(background, black.rgb()) > contrast(background, white.rgb()) ? black : white;
}

} // namespace headlight::ui
