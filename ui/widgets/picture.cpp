// Implements picture.h.

#include "ui/widgets/picture.h"

#include "ui/style/theme.h"

namespace headlight::ui {

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
    m_picture = picture;
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
