#include "ui/views/sound_geometry.h"

#include <algorithm>
#include <cmath>

namespace headlight::ui {
namespace {

constexpr double gap = 8, tallestBand = 18;

} // namespace

SoundLayout::SoundLayout(const QRectF& area, int headCount, double wordsHeight)
{
    const double left = area.left() + bandLabel, right = area.right() - sideWidth - gap;
    const double wordsRoom = wordsHeight > 0 ? wordsHeight + gap : 0;
    const double room = std::max(40.0, area.height() - axisHeight - wordsRoom - 2 * gap);
    const double band = headCount > 1 ? std::clamp(room * 0.3 / headCount, 2.0, tallestBand) : 0;
    const double curveHeight = std::clamp(room * 0.18, 16.0, 90.0);
    const double soundHeight = std::min(360.0, std::max(24.0, room - band * headCount - curveHeight - gap));
    sound = QRectF(left, area.top(), std::max(40.0, right - left), soundHeight);
    axis = QRectF(sound.left(), sound.bottom(), sound.width(), axisHeight);
    curve = QRectF(sound.left(), axis.bottom() + gap, sound.width(), curveHeight);
    double top = curve.bottom() + gap;
    for (int head = 0; head < headCount && band > 0; ++head, top += band)
        heads.emplace_back(sound.left(), top, sound.width(), band);
    side = QRectF(sound.right() + gap, sound.top(), sideWidth, sound.height());
    if (wordsHeight > 0)
        words = QRectF(area.left(), top + gap, area.width(), wordsHeight);
}

QRectF SoundLayout::momentRect(int token, const QRectF& band) const
{
    const double from = x(times.start(token)), to = x(times.start(token + 1));
    return QRectF(from, band.top(), to - from, band.height()) & band;
}

std::optional<int> SoundLayout::momentAt(const QPointF& pixel) const
{
    const bool over = sound.contains(pixel) || curve.contains(pixel) || axis.contains(pixel) || headAt(pixel);
    if (!over || seconds <= 0)
        return std::nullopt;
    const auto token = times.tokenAt((pixel.x() - sound.left()) / sound.width() * seconds);
    return token ? std::optional(int(*token)) : std::nullopt;
}

std::optional<int> SoundLayout::headAt(const QPointF& pixel) const
{
    for (std::size_t head = 0; head < heads.size(); ++head) {
        if (heads[head].contains(pixel))
            return int(head);
    }
    return std::nullopt;
}

std::vector<double> SoundLayout::ticks(double spacing) const
{
    std::vector<double> places;
    if (seconds <= 0 || sound.width() < 1)
        return places;
    const double least = seconds * spacing / sound.width();
    double step = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : { 1.0, 2.0, 5.0, 10.0 }) {
        if (step * factor >= least) {
            step *= factor;
            break;
        }
    }
    for (int i = 0; i * step <= seconds + 1e-9; ++i)
        places.push_back(i * step);
    return places;
}

} // namespace headlight::ui
