#pragma once
// Pictures between the engine and Qt, and copies of them that a window can afford to draw.

#include "core/vision/image.h"

#include <QImage>

namespace headlight::ui {

/// RGB32; the pixels are copied.
QImage toQImage(const Image& image);
/// Transparency is laid on white. An empty QImage gives an empty Image.
Image toImage(const QImage& image);

/// A photograph has ten times the pixels that it is drawn with.
struct ScreenPicture {
    QImage whole; ///< RGB32, no side longer than `wholeSide`
    QImage small; ///< of the same shape, no side longer than `smallSide`
    static constexpr int wholeSide = 2560, smallSide = 720;
};

/// Made once for a picture and kept as long as any Image has its pixels. Whoever reads pictures calls this on
/// its own thread, so that the window finds the copies made. Thread-safe.
ScreenPicture screenPicture(const Image& image);

} // namespace headlight::ui
