// Pictures, pages and tables as bytes: Qt's own writers, with what would differ from run to run taken out:
// dates, and orders that come from a random seed.

#include "ui/export/formats.h"

#include "ui/export/metadata.h"
#include "ui/export/svg_device.h"

#include <QBuffer>
#include <QHashSeed>
#include <QImage>
#include <QPainter>
#include <QPdfWriter>
#include <QRegularExpression>
#include <cmath>

namespace headlight::ui {
namespace {

/// While it lives, hashes made by Qt iterate in the same order in every run: the PDF writer numbers its fonts
/// by one.
class FixedHashSeed {
public:
    FixedHashSeed() { QHashSeed::setDeterministicGlobalSeed(); }
    ~FixedHashSeed() { QHashSeed::resetRandomGlobalSeed(); }
    FixedHashSeed(const FixedHashSeed&) = delete;
    FixedHashSeed& operator=(const FixedHashSeed&) = delete;
};

void draw(QPainter& painter, const Drawing& drawing)
{
    const QRectF area(QPointF(0, 0), drawing.size.layout);
    if (drawing.background.isValid())
        painter.fillRect(area.adjusted(-2, -2, 2, 2), drawing.background); // renderers round sizes up
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    drawing.paint(painter, area);
}

/// Replaces the date by one of the same length, so that the offsets in the file stay right.
void fixDate(QByteArray& pdf)
{
    const QByteArray key("/CreationDate (");
    const auto begin = pdf.indexOf(key);
    if (begin < 0)
        return;
    const auto first = begin + key.size(), end = pdf.indexOf(')', first);
    const QByteArray fixed("D:20000101000000Z");
    if (end < first + fixed.size())
        return;
    const QByteArray padded = fixed + ')' + QByteArray(end - first - fixed.size(), ' ');
    pdf.replace(first, end + 1 - first, padded);
}

QString csvField(const QString& text)
{
    static const QRegularExpression special(QStringLiteral("[\",\r\n]"));
    if (!text.contains(special))
        return text;
    return u'"' + QString(text).replace(u'"', QStringLiteral("\"\"")) + u'"';
}

} // namespace

QImage rasterised(const Drawing& drawing)
{
    const QSize pixels = drawing.size.pixels();
    QImage image(
        pixels, drawing.background.isValid() ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return image; // too large for the memory there is
    image.fill(Qt::transparent);
    const auto perMetre = int(std::lround(drawing.size.dpi / 0.0254));
    image.setDotsPerMeterX(perMetre);
    image.setDotsPerMeterY(perMetre);
    QPainter painter(&image);
    painter.scale(
        pixels.width() / drawing.size.layout.width(), pixels.height() / drawing.size.layout.height());
    draw(painter, drawing);
    return image;
}

QByteArray pngBytes(const Drawing& drawing)
{
    QImage image = rasterised(drawing);
    image.setText(QStringLiteral("Title"), drawing.title);
    for (const auto& [name, value] : drawing.metadata)
        image.setText(name, value);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    return !image.isNull() && image.save(&buffer, "PNG") ? bytes : QByteArray();
}

QByteArray svgBytes(const Drawing& drawing)
{
    SvgDevice device(
        { drawing.size.layout, drawing.size.page, drawing.title, metadataLine(drawing.metadata) });
    QPainter painter;
    if (!painter.begin(&device))
        return {};
    draw(painter, drawing);
    painter.end();
    return device.bytes();
}

QByteArray pdfBytes(const Drawing& drawing)
{
    const FixedHashSeed seed;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setTitle(drawing.title + QStringLiteral(" — ") + metadataLine(drawing.metadata));
    writer.setCreator(QStringLiteral("Headlight"));
    const QSizeF points = drawing.size.page * 72.0 / ExportOptions::screenDpi;
    writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    constexpr int unitsPerPixel = 10;
    writer.setResolution(ExportOptions::screenDpi * unitsPerPixel);
    QPainter painter;
    if (!painter.begin(&writer))
        return {};
    const double scale = unitsPerPixel * drawing.size.page.width() / drawing.size.layout.width();
    painter.scale(scale, scale);
    draw(painter, drawing);
    painter.end();
    fixDate(bytes);
    return bytes;
}

QByteArray csvBytes(const std::vector<std::vector<QString>>& table)
{
    QByteArray bytes;
    for (const auto& row : table) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0)
                bytes += ',';
            bytes += csvField(row[i]).toUtf8();
        }
        bytes += '\n';
    }
    return bytes;
}

} // namespace headlight::ui
