#pragma once
// A picture as the reference sees it after convert("RGB"): 8-bit RGB, interleaved, rows from the top.

#include "core/tensor/tensor.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace headlight {

/// Immutable; copies share the buffer. The default Image is empty (0×0, no pixels).
class Image {
public:
    static constexpr int channels = 3;
    /// No picture is larger than this, read or resized: it would be 300 MB.
    static constexpr std::int64_t maxPixels = 100'000'000;

    Image() = default;
    /// `fill` writes the (uninitialised) buffer of width · height · 3 bytes. Extents are at least 1.
    static Image make(int width, int height, const std::function<void(std::span<std::uint8_t>)>& fill);

    int width() const { return m_width; }
    int height() const { return m_height; }
    bool empty() const { return m_pixels == nullptr; }

    /// width · height · 3 bytes.
    std::span<const std::uint8_t> pixels() const;
    std::span<const std::uint8_t> row(int y) const;
    std::array<std::uint8_t, channels> at(int x, int y) const;
    /// The buffer itself: the same for all copies of a picture, gone with the last of them.
    std::shared_ptr<const void> sharedPixels() const { return m_pixels; }

    /// The window of `width` × `height` whose corner is (left, top); what lies outside of this picture is
    /// black.
    Image window(int left, int top, int width, int height) const;

    friend bool operator==(const Image& a, const Image& b);

private:
    std::shared_ptr<const std::uint8_t[]> m_pixels;
    int m_width = 0;
    int m_height = 0;
};

/// The picture as one plane per channel. Shape: [3,H,W], U8.
Tensor planes(const Image& image);

} // namespace headlight
