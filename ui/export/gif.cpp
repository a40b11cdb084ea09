// Implements gif.h with giflib, which writes the container; colours are chosen here.

#include "ui/export/gif.h"

#include <QHash>
#include <algorithm>
#include <array>
#include <cmath>
#include <gif_lib.h>

namespace headlight::ui {
namespace {

constexpr std::size_t mostColours = 256;

struct Counted {
    QRgb colour;
    std::int64_t pixels;
    int channel(int index) const { return int(colour >> (8 * index)) & 0xff; }
};

/// Some colours that one entry of the palette stands for.
struct Box {
    std::size_t first, last; ///< in the list of colours
    int widest = 0; ///< the channel that varies most ...
    double spread = 0; ///< ... and how much is lost by not cutting it

    Box(const std::vector<Counted>& all, std::size_t from, std::size_t to)
        : first(from)
        , last(to)
    {
        for (int channel = 0; channel < 3; ++channel) {
            double sum = 0, squares = 0, pixels = 0;
            for (std::size_t i = first; i < last; ++i) {
                const double value = all[i].channel(channel), weight = double(all[i].pixels);
                sum += value * weight;
                squares += value * value * weight;
                pixels += weight;
            }
            const double variance = squares - sum * sum / pixels;
            if (variance > spread) {
                spread = variance;
                widest = channel;
            }
        }
    }

    /// The most frequent colour when it is most of the box, else the mean.
    QRgb colour(const std::vector<Counted>& all) const
    {
        std::array<double, 3> sums{};
        std::int64_t pixels = 0;
        const Counted* most = &all[first];
        for (std::size_t i = first; i < last; ++i) {
            for (int channel = 0; channel < 3; ++channel)
                sums[std::size_t(channel)] += double(all[i].channel(channel)) * double(all[i].pixels);
            pixels += all[i].pixels;
            if (all[i].pixels > most->pixels)
                most = &all[i];
        }
        if (most->pixels * 2 > pixels)
            return most->colour;
        const auto mean = [&](std::size_t channel) {
            return int(std::lround(sums[channel] / double(pixels)));
        };
        return qRgb(mean(2), mean(1), mean(0));
    }
};

std::vector<Counted> coloursOf(const QImage& picture)
{
    QHash<QRgb, std::int64_t> counts;
    for (int y = 0; y < picture.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(picture.constScanLine(y));
        for (int x = 0; x < picture.width(); ++x)
            ++counts[line[x] & RGB_MASK];
    }
    std::vector<Counted> all;
    all.reserve(std::size_t(counts.size()));
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        all.push_back({ it.key(), it.value() });
    std::ranges::sort(all, {}, &Counted::colour); // the same order in every run
    return all;
}

std::vector<Box> cut(std::vector<Counted>& all)
{
    std::vector<Box> boxes{ Box(all, 0, all.size()) };
    while (boxes.size() < mostColours) {
        const auto worst = std::ranges::max_element(boxes, {}, &Box::spread);
        if (worst->spread <= 0)
            break;
        const auto begin = all.begin() + std::ptrdiff_t(worst->first),
                   end = all.begin() + std::ptrdiff_t(worst->last);
        std::stable_sort(begin, end, [channel = worst->widest](const Counted& a, const Counted& b) {
            return a.channel(channel) < b.channel(channel);
        });
        std::int64_t pixels = 0, passed = 0;
        for (auto it = begin; it != end; ++it)
            pixels += it->pixels;
        auto middle = begin;
        while (passed * 2 < pixels && middle != end - 1)
            passed += (middle++)->pixels;
        const std::size_t at = std::size_t(std::max(middle, begin + 1) - all.begin());
        const Box upper(all, at, worst->last), lower(all, worst->first, at);
        *worst = lower;
        boxes.push_back(upper);
    }
    return boxes;
}

/// Where two pictures of one size differ; empty when they do not.
QRect difference(const QImage& a, const QImage& b)
{
    int left = a.width(), right = -1, top = a.height(), bottom = -1;
    for (int y = 0; y < a.height(); ++y) {
        const auto *first = reinterpret_cast<const QRgb*>(a.constScanLine(y)),
                   *second = reinterpret_cast<const QRgb*>(b.constScanLine(y));
        for (int x = 0; x < a.width(); ++x) {
            if (((first[x] ^ second[x]) & RGB_MASK) == 0)
                continue;
            left = std::min(left, x);
            right = std::max(right, x);
            top = std::min(top, y);
            bottom = y;
        }
    }
    return right < 0 ? QRect() : QRect(QPoint(left, top), QPoint(right, bottom));
}

int append(GifFileType* gif, const GifByteType* data, int count)
{
    static_cast<QByteArray*>(gif->UserData)->append(reinterpret_cast<const char*>(data), count);
    return count;
}

} // namespace

PalettePicture reduced(const QImage& picture)
{
    const QImage opaque = picture.convertToFormat(QImage::Format_RGB32);
    std::vector<Counted> all = coloursOf(opaque);
    PalettePicture out;
    out.size = opaque.size();
    QHash<QRgb, std::uint8_t> places;
    for (const Box& box : cut(all)) {
        for (std::size_t i = box.first; i < box.last; ++i)
            places[all[i].colour] = std::uint8_t(out.colours.size());
        out.colours.push_back(box.colour(all) | ~RGB_MASK);
    }
    out.pixels.reserve(std::size_t(opaque.width()) * std::size_t(opaque.height()));
    for (int y = 0; y < opaque.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(opaque.constScanLine(y));
        for (int x = 0; x < opaque.width(); ++x)
            out.pixels.push_back(places.value(line[x] & RGB_MASK));
    }
    return out;
}

GifWriter::GifWriter(const QSize& size, bool loop, const QByteArray& comment)
{
    int error = 0;
    m_gif = EGifOpen(&m_bytes, append, &error);
    m_good = m_gif != nullptr;
    if (m_good)
        writeHeader(size, loop, comment);
}

GifWriter::~GifWriter()
{
    int error = 0;
    if (m_gif)
        EGifCloseFile(m_gif, &error);
}

void GifWriter::writeHeader(const QSize& size, bool loop, const QByteArray& comment)
{
    EGifSetGifVersion(m_gif, true);
    m_good = EGifPutScreenDesc(m_gif, size.width(), size.height(), 8, 0, nullptr) == GIF_OK;
    if (m_good && loop) { // Netscape's extension: 0 is for ever
        const GifByteType times[]{ 1, 0, 0 };
        m_good = EGifPutExtensionLeader(m_gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK
            && EGifPutExtensionBlock(m_gif, 11, "NETSCAPE2.0") == GIF_OK
            && EGifPutExtensionBlock(m_gif, sizeof times, times) == GIF_OK
            && EGifPutExtensionTrailer(m_gif) == GIF_OK;
    }
    if (m_good && !comment.isEmpty())
        m_good = EGifPutComment(m_gif, comment.constData()) == GIF_OK;
}

void GifWriter::add(const QImage& picture, int milliseconds)
{
    if (!m_good)
        return;
    const QImage whole = picture.convertToFormat(QImage::Format_RGB32);
    QRect changed = m_last.isNull() ? whole.rect() : difference(m_last, whole);
    if (changed.isEmpty())
        changed = QRect(0, 0, 1, 1); // it still lasts its time
    m_last = whole;
    PalettePicture part = reduced(whole.copy(changed));
    std::vector<GifColorType> table(std::size_t(1) << GifBitSize(std::max(2, int(part.colours.size()))));
    for (std::size_t i = 0; i < part.colours.size(); ++i)
        table[i] = { GifByteType(qRed(part.colours[i])), GifByteType(qGreen(part.colours[i])),
            GifByteType(qBlue(part.colours[i])) };
    ColorMapObject* map = GifMakeMapObject(int(table.size()), table.data());
    const GraphicsControlBlock control{ DISPOSE_DO_NOT, false, std::max(2, (milliseconds + 5) / 10),
        NO_TRANSPARENT_COLOR };
    GifByteType block[4];
    EGifGCBToExtension(&control, block);
    m_good = map && EGifPutExtension(m_gif, GRAPHICS_EXT_FUNC_CODE, sizeof block, block) == GIF_OK
        && EGifPutImageDesc(
               m_gif, changed.left(), changed.top(), changed.width(), changed.height(), false, map)
            == GIF_OK;
    for (int y = 0; m_good && y < changed.height(); ++y)
        m_good = EGifPutLine(m_gif, part.pixels.data() + std::ptrdiff_t(y) * changed.width(), changed.width())
            == GIF_OK;
    GifFreeMapObject(map);
}

QByteArray GifWriter::finish()
{
    int error = 0;
    if (m_gif)
        m_good = EGifCloseFile(m_gif, &error) == GIF_OK && m_good;
    m_gif = nullptr;
    return m_good ? m_bytes : QByteArray();
}

} // namespace headlight::ui
