#pragma once
// Sizes and areas of pictures, shared by the processor and the patch grid.

namespace headlight {

/// Whole pixels.
struct PixelSize {
    int width = 0;
    int height = 0;
    friend bool operator==(const PixelSize&, const PixelSize&) = default;
};

/// An area of a picture in its pixels, (0, 0) being the outer corner of the first one. It may reach beyond
/// the picture, where a processor padded.
struct PictureArea {
    double left = 0.0;
    double top = 0.0;
    double width = 0.0;
    double height = 0.0;
    friend bool operator==(const PictureArea&, const PictureArea&) = default;
};

} // namespace headlight
