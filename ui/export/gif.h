#pragma once
// Animated GIF from pictures: a palette of each picture's own, flat colours exact, and only what changed from
// one picture to the next.

#include <QByteArray>
#include <QImage>
#include <vector>

struct GifFileType;

namespace headlight::ui {

/// A picture in at most 256 colours.
struct PalettePicture {
    std::vector<QRgb> colours;
    QSize size;
    std::vector<std::uint8_t> pixels; ///< row by row
};
/// Exact when the picture has at most 256 colours. Else median cut (Heckbert 1982) over the colours there
/// are; a box that is mostly one colour stands for that one, so that large areas do not change. Not dithered.
PalettePicture reduced(const QImage& picture);

class GifWriter {
public:
    /// Pictures have this size, at most 65535 a side; `comment` goes into the file.
    GifWriter(const QSize& size, bool loop, const QByteArray& comment);
    ~GifWriter();
    GifWriter(const GifWriter&) = delete;
    GifWriter& operator=(const GifWriter&) = delete;

    /// `milliseconds` until the next picture; GIF counts hundredths of a second.
    void add(const QImage& picture, int milliseconds);
    /// The whole file; empty when something could not be written.
    QByteArray finish();

private:
    void writeHeader(const QSize& size, bool loop, const QByteArray& comment);

    QByteArray m_bytes;
    GifFileType* m_gif = nullptr;
    QImage m_last;
    bool m_good = true;
};

} // namespace headlight::ui
