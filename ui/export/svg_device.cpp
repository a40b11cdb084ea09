// Implements svg_device.h: the frame of the file.

#include "ui/export/svg_device.h"

#include "ui/export/svg_engine.h"

#include <cmath>

namespace headlight::ui {

SvgDevice::SvgDevice(Header header)
    : m_header(std::move(header))
    , m_engine(std::make_unique<SvgEngine>())
{
}

SvgDevice::~SvgDevice() = default;

QPaintEngine* SvgDevice::paintEngine() const
{
    return m_engine.get();
}

int SvgDevice::metric(PaintDeviceMetric metric) const
{
    constexpr int perInch = 96;
    switch (metric) {
    case PdmWidth:
        return int(std::ceil(m_header.size.width()));
    case PdmHeight:
        return int(std::ceil(m_header.size.height()));
    case PdmWidthMM:
        return int(std::lround(m_header.size.width() * 25.4 / perInch));
    case PdmHeightMM:
        return int(std::lround(m_header.size.height() * 25.4 / perInch));
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
        return perInch;
    case PdmNumColors:
        return std::numeric_limits<int>::max();
    case PdmDepth:
        return 32;
    case PdmDevicePixelRatio:
        return 1;
    default:
        return QPaintDevice::metric(metric);
    }
}

QByteArray SvgDevice::bytes() const
{
    const auto side = [](double length) { return QByteArray::number(length, 'f', 2); };
    const QByteArray box = side(m_header.size.width()) + ' ' + side(m_header.size.height());
    QByteArray file("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<svg width=\""
        + side(m_header.page.width()) + "\" height=\"" + side(m_header.page.height()) + "\" viewBox=\"0 0 "
        + box
        + "\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
          "version=\"1.1\">\n");
    file += "<title>" + m_header.title.toHtmlEscaped().toUtf8() + "</title>\n";
    file += "<desc>" + m_header.description.toHtmlEscaped().toUtf8() + "</desc>\n";
    if (!m_engine->definitions().isEmpty())
        file += "<defs>\n" + m_engine->definitions() + "</defs>\n";
    return file + m_engine->body() + "</svg>\n";
}

} // namespace headlight::ui
