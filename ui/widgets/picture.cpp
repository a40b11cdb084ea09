// Implements picture.h.

#include "ui/widgets/picture.h"

#include "ui/style/theme.h"

#include <cstring>

namespace headlight::ui {

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

PictureThumb::PictureThumb(QWidget* parent)
    : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Picture"));
    setToolTip(tr("The picture the model is given. Drop another one anywhere in the window."));
}

void PictureThumb::setPicture(const QImage& picture)
{
    // Kept small: a photograph of 40 megapixels is scaled once, not at every repaint.
    constexpr int most = 2 * tallest * 2;
    const bool large = picture.width() > most || picture.height() > most;
    m_picture = large ? picture.scaled(most, most, Qt::KeepAspectRatio, Qt::SmoothTransformation) : picture;
    updateGeometry();
    update();
}

int PictureThumb::heightForWidth(int width) const
{
    if (m_picture.isNull())
        return tallest / 2;
    return std::clamp(width * m_picture.height() / std::max(1, m_picture.width()), 40, tallest);
}

void PictureThumb::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const Theme& theme = currentTheme();
    if (m_picture.isNull()) {
        painter.setPen(QPen(theme.border, 1, Qt::DashLine));
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metrics::radius, metrics::radius);
        painter.setPen(theme.mutedText);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Open, paste or drop a picture"));
        return;
    }
    const QSizeF size = QSizeF(m_picture.size()).scaled(QSizeF(this->size()), Qt::KeepAspectRatio);
    painter.drawImage(
        QRectF(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size), m_picture);
}

} // namespace headlight::ui
