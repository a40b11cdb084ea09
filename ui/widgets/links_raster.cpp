#include "ui/widgets/links_raster.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace headlight::ui {
namespace {

/// How far a line has come from its beginning (0) to its end (1) in the middle of each column, and how fast
/// it goes.
struct Progress {
    std::vector<float> share, slope;

    Progress(int columns, LinkShape shape)
    {
        for (int x = 0; x < columns; ++x) {
            const double place = (x + 0.5) / columns;
            const double t = shape == LinkShape::Straight ? place : parameterAt(place);
            const double across = 3 * linkBend * (1 - t) * (1 - t) + 6 * (1 - 2 * linkBend) * t * (1 - t)
                + 3 * linkBend * t * t; // dx/dt of the curve
            share.push_back(float(shape == LinkShape::Straight ? place : t * t * (3 - 2 * t)));
            slope.push_back(float(
                (shape == LinkShape::Straight ? 1.0 : 6 * t * (1 - t) / std::max(across, 1e-6)) / columns));
        }
    }

private:
    /// The parameter at which the curve is so far across: monotonic, so that halving finds it.
    static double parameterAt(double place)
    {
        double low = 0, high = 1;
        for (int i = 0; i < 24; ++i) {
            const double t = (low + high) / 2, u = 1 - t;
            const double x = 3 * u * u * t * linkBend + 3 * u * t * t * (1 - linkBend) + t * t * t;
            (x < place ? low : high) = t;
        }
        return (low + high) / 2;
    }
};

/// A colour whose parts are multiplied by its opacity, 0..255.
struct Ink {
    std::uint32_t alpha, red, green, blue;
    explicit Ink(const QColor& colour)
        : alpha(std::uint32_t(colour.alpha()))
        , red(std::uint32_t(colour.red()) * alpha / 255)
        , green(std::uint32_t(colour.green()) * alpha / 255)
        , blue(std::uint32_t(colour.blue()) * alpha / 255)
    {
    }
    /// Over a pixel that it covers by `coverage` / 256.
    void over(QRgb& pixel, std::uint32_t coverage) const
    {
        const std::uint32_t left = 255 - alpha * coverage / 256;
        const auto part = [&](std::uint32_t ink, std::uint32_t under) {
            return (ink * coverage / 256) + (under * left + 127) / 255;
        };
        pixel = part(alpha, pixel >> 24) << 24 | part(red, pixel >> 16 & 255) << 16
            | part(green, pixel >> 8 & 255) << 8 | part(blue, pixel & 255);
    }
};

/// Beyond so many lines nobody sees a step in one of them, and a frame has no time for more.
constexpr std::size_t mostSmooth = 2000;

/// Columns that are drawn at a time, turned so that what a line covers lies side by side in memory.
constexpr int stripWidth = 16;

struct InkedLink {
    Ink ink;
    float from, way, half;

    InkedLink(const RasterLink& link)
        : ink(link.colour)
        , from(float(link.from))
        , way(float(link.to - link.from))
        , half(float(link.width / 2))
    {
    }
    /// Among many lines: as if the line were level within the column.
    void drawQuickly(std::span<QRgb> column, float share, float slope) const
    {
        const float steep = way * slope, reach = half * std::sqrt(1 + steep * steep);
        const float middle = from + way * share;
        const float top = std::max(middle - reach, 0.0f),
                    bottom = std::min(middle + reach, float(column.size()));
        for (int y = int(top); float(y) < bottom; ++y) {
            const float covered = std::min(bottom, float(y + 1)) - std::max(top, float(y));
            ink.over(column[std::size_t(y)], std::uint32_t(covered * 256));
        }
    }
    /// What a column one pixel wide shows of a line that climbs through it: full in the middle, less towards
    /// the ends of its climb. For a level line that is the exact share of every pixel.
    void draw(std::span<QRgb> column, float share, float slope) const
    {
        const float steep = way * slope, reach = half * std::sqrt(1 + steep * steep);
        const float middle = from + way * share, climb = std::max(std::abs(steep), 1.0f);
        const float outer = reach + climb / 2, inner = std::abs(reach - climb / 2);
        const float most = 256 * std::min(1.0f, 2 * reach / climb), fall = most / (outer - inner);
        const int top = std::max(int(std::ceil(middle - outer - 0.5f)), 0),
                  bottom = std::min(int(std::ceil(middle + outer - 0.5f)), int(column.size()));
        for (int y = top; y < bottom; ++y) {
            const float away = std::abs(float(y) + 0.5f - middle);
            ink.over(column[std::size_t(y)], std::uint32_t(std::min(most, (outer - away) * fall)));
        }
    }
};

} // namespace

void drawLinks(QImage& image, LinkShape shape, std::span<const RasterLink> links)
{
    if (image.isNull() || links.empty())
        return;
    const Progress progress(image.width(), shape);
    const int height = image.height();
    const bool many = links.size() > mostSmooth;
    const std::vector<InkedLink> inked(links.begin(), links.end());
    std::vector<QRgb> strip(std::size_t(stripWidth) * std::size_t(height));
    for (int left = 0; left < image.width(); left += stripWidth) {
        const int count = std::min(stripWidth, image.width() - left);
        for (int y = 0; y < height; ++y) {
            const auto* line = reinterpret_cast<const QRgb*>(image.constScanLine(y)) + left;
            for (int x = 0; x < count; ++x)
                strip[std::size_t(x * height + y)] = line[x];
        }
        for (int x = 0; x < count; ++x) {
            const std::span column = std::span(strip).subspan(std::size_t(x * height), std::size_t(height));
            const auto at = std::size_t(left + x);
            for (const InkedLink& link : inked)
                many ? link.drawQuickly(column, progress.share[at], progress.slope[at])
                     : link.draw(column, progress.share[at], progress.slope[at]);
        }
        for (int y = 0; y < height; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(y)) + left;
            for (int x = 0; x < count; ++x)
                line[x] = strip[std::size_t(x * height + y)];
        }
    }
}

} // namespace headlight::ui
