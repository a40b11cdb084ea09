// The buffer behind Image, cut-outs of it, and its planes.
#include "core/vision/image.h"

namespace headlight {

Image Image::make(int width, int height, const std::function<void(std::span<std::uint8_t>)>& fill)
{
    HEADLIGHT_CHECK(width > 0 && height > 0 && std::int64_t(width) * height <= maxPixels,
        fmt::format("a picture of {}x{}", width, height));
    const std::size_t bytes = std::size_t(width) * std::size_t(height) * channels;
    auto buffer = std::make_shared_for_overwrite<std::uint8_t[]>(bytes);
    fill({ buffer.get(), bytes });
    Image image;
    image.m_pixels = std::move(buffer);
    image.m_width = width;
    image.m_height = height;
    return image;
}

std::span<const std::uint8_t> Image::pixels() const
{
    return { m_pixels.get(), std::size_t(m_width) * std::size_t(m_height) * channels };
}

std::span<const std::uint8_t> Image::row(int y) const
{
    HEADLIGHT_CHECK(y >= 0 && y < m_height, fmt::format("row {} of {}", y, m_height));
    const std::size_t stride = std::size_t(m_width) * channels;
    return pixels().subspan(std::size_t(y) * stride, stride);
}

std::array<std::uint8_t, Image::channels> Image::at(int x, int y) const
{
    HEADLIGHT_CHECK(x >= 0 && x < m_width, fmt::format("column {} of {}", x, m_width));
    const auto pixel = row(y).subspan(std::size_t(x) * channels, channels);
    return { pixel[0], pixel[1], pixel[2] };
}

Image Image::window(int left, int top, int width, int height) const
{
    return make(width, height, [&](std::span<std::uint8_t> out) {
        std::fill(out.begin(), out.end(), std::uint8_t(0));
        const int firstX = std::max(0, -left), endX = std::min(width, m_width - left);
        const int firstY = std::max(0, -top), endY = std::min(height, m_height - top);
        for (int y = firstY; y < endY && firstX < endX; ++y) {
            const auto source = row(y + top).subspan(
                std::size_t(firstX + left) * channels, std::size_t(endX - firstX) * channels);
            std::copy(
                source.begin(), source.end(), out.begin() + (std::ptrdiff_t(y) * width + firstX) * channels);
        }
    });
}

bool operator==(const Image& a, const Image& b)
{
    return a.m_width == b.m_width && a.m_height == b.m_height
        && std::equal(a.pixels().begin(), a.pixels().end(), b.pixels().begin());
}

Tensor planes(const Image& image)
{
    const std::size_t area = std::size_t(image.width()) * std::size_t(image.height());
    std::vector<std::byte> bytes(area * Image::channels);
    const auto pixels = image.pixels();
    for (std::size_t i = 0; i < area; ++i) {
        for (std::size_t c = 0; c < Image::channels; ++c)
            bytes[c * area + i] = std::byte(pixels[i * Image::channels + c]);
    }
    return Tensor::fromBytes({ Image::channels, image.height(), image.width() }, DType::U8, std::move(bytes));
}

} // namespace headlight
