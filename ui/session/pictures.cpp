// Implements pictures.h.

#include "ui/session/pictures.h"

#include <QPainter>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace headlight::ui {
namespace {

QImage atMost(const QImage& picture, int side)
{
    return std::max(picture.width(), picture.height()) <= side
        ? picture
        : picture.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

struct Known {
    std::weak_ptr<const void> pixels;
    ScreenPicture picture;
};

} // namespace

QImage toQImage(const Image& image)
{
    if (image.empty())
        return {};
    // QImage's rows are padded to four bytes, ours are not; the conversion copies.
    const QImage rows(image.pixels().data(), image.width(), image.height(),
        qsizetype(image.width()) * Image::channels, QImage::Format_RGB888);
    return rows.convertToFormat(QImage::Format_RGB32);
}

Image toImage(const QImage& image)
{
    if (image.isNull())
        return {};
    QImage opaque(image.size(), QImage::Format_RGB888);
    opaque.fill(Qt::white);
    QPainter(&opaque).drawImage(QPoint(), image);
    const auto bytes = std::size_t(opaque.width()) * Image::channels;
    return Image::make(opaque.width(), opaque.height(), [&](std::span<std::uint8_t> pixels) {
        for (int y = 0; y < opaque.height(); ++y)
            std::memcpy(pixels.data() + std::size_t(y) * bytes, opaque.constScanLine(y), bytes);
    });
}

ScreenPicture screenPicture(const Image& image)
{
    static std::mutex mutex;
    static std::vector<Known> all;
    if (image.empty())
        return {};
    const auto pixels = image.sharedPixels();
    const std::lock_guard lock(mutex); // who asks for what another makes waits for it
    std::erase_if(all, [](const Known& known) { return known.pixels.expired(); });
    const auto same = [&](const Known& known) { return known.pixels.lock() == pixels; };
    if (const auto known = std::ranges::find_if(all, same); known != all.end())
        return known->picture;
    ScreenPicture made{ atMost(toQImage(image), ScreenPicture::wholeSide), {} };
    made.small = atMost(made.whole, ScreenPicture::smallSide);
    all.push_back({ pixels, made });
    return made;
}

} // namespace headlight::ui
