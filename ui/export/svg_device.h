#pragma once
// Paints into an SVG file. Qt's own generator knows no clipping and wraps every shape into a group of all its
// settings; this one clips, writes a cell as one short rectangle, and text as text.

#include <QByteArray>
#include <QPaintDevice>
#include <QSizeF>
#include <QString>
#include <memory>

namespace headlight::ui {

class SvgEngine;

/// Numbers have two decimals: a hundredth of a pixel.
class SvgDevice final : public QPaintDevice {
public:
    struct Header {
        QSizeF size; ///< in units of the drawing
        QSizeF page; ///< of the picture, in pixels of 1/96 inch
        QString title, description;
    };
    explicit SvgDevice(Header header);
    ~SvgDevice() override;

    QPaintEngine* paintEngine() const override;
    /// The whole file, when painting has ended.
    QByteArray bytes() const;

protected:
    int metric(PaintDeviceMetric metric) const override;

private:
    Header m_header;
    std::unique_ptr<SvgEngine> m_engine;
};

} // namespace headlight::ui
