#pragma once
// Pictures between the engine and Qt, and a widget that shows one small.

#include "core/vision/image.h"

#include <QImage>
#include <QWidget>

namespace headlight::ui {

/// RGB32; the pixels are copied.
QImage toQImage(const Image& image);
/// Transparency is laid on white. An empty QImage gives an empty Image.
Image toImage(const QImage& image);

/// Scales a picture into its width, at most `tallest` high.
class PictureThumb : public QWidget {
public:
    explicit PictureThumb(QWidget* parent = nullptr);
    void setPicture(const QImage& picture);
    int heightForWidth(int width) const override;

    static constexpr int tallest = 180;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage m_picture;
};

} // namespace headlight::ui
