#include "ui/export/export_figure.h"

#include "core/io/file.h"
#include "ui/export/formats.h"
#include "ui/export/metadata.h"

#include <QFileInfo>
#include <QImage>
#include <cmath>
#include <fmt/format.h>

namespace headlight::ui {
namespace {

constexpr std::pair<ExportFormat, const char*> endings[]{
    { ExportFormat::Png, "png" },
    { ExportFormat::Svg, "svg" },
    { ExportFormat::Pdf, "pdf" },
    { ExportFormat::Csv, "csv" },
};

Drawing drawingOf(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options)
{
    const Figure& figure = view.figure();
    Drawing drawing;
    drawing.paint = [&figure, scene](
                        QPainter& painter, const QRectF& area) { figure.paint(painter, area, scene); };
    drawing.size = options.size.isEmpty()
        ? figure.naturalSize(scene)
        : QSizeF(options.size) * (double(ExportOptions::screenDpi) / double(options.dpi));
    if (!options.transparent)
        drawing.background = themeOf(scene).window;
    drawing.dpi = options.dpi;
    drawing.title = scene.title.isEmpty() ? view.title : scene.title;
    drawing.metadata = figureMetadata(view, scene);
    return drawing;
}

Status checkOptions(const ExportOptions& options)
{
    constexpr int leastDpi = 24, mostDpi = 2400, leastSide = 32;
    if (options.dpi < leastDpi || options.dpi > mostDpi)
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "A resolution of {} dpi is not possible; choose {} to {}.", options.dpi, leastDpi, mostDpi) };
    const int shorter = std::min(options.size.width(), options.size.height());
    const int longer = std::max(options.size.width(), options.size.height());
    if (!options.size.isEmpty() && (shorter < leastSide || longer > ExportOptions::largestSide))
        return Error{ ErrorKind::BadInput,
            fmt::format("A figure of {}×{} pixels is not possible; a side has {} to {} pixels.",
                options.size.width(), options.size.height(), leastSide, ExportOptions::largestSide) };
    return {};
}

QByteArray bytesOf(ExportFormat format, const Drawing& drawing, const Figure& figure, const Scene& scene)
{
    switch (format) {
    case ExportFormat::Png:
        return pngBytes(drawing);
    case ExportFormat::Svg:
        return svgBytes(drawing);
    case ExportFormat::Pdf:
        return pdfBytes(drawing);
    case ExportFormat::Csv:
        return csvBytes(figure.table(scene));
    }
    return {};
}

} // namespace

std::optional<ExportFormat> formatOf(const QString& path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    for (const auto& [format, name] : endings) {
        if (suffix == QLatin1String(name))
            return format;
    }
    return std::nullopt;
}

QString ending(ExportFormat format)
{
    return QLatin1String(
        std::ranges::find(endings, format, [](const auto& pair) { return pair.first; })->second);
}

Status exportFigure(const ViewDescriptor& view, const Scene& scene, const std::filesystem::path& path,
    const ExportOptions& options)
{
    const auto format = formatOf(QString::fromStdString(path.string()));
    if (!format)
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "{} has an ending that names no format; use .png, .svg, .pdf or .csv.", path.string()) };
    HEADLIGHT_TRY_STATUS(checkOptions(options));
    if (!scene.result || !view.available(*scene.result))
        return Error{ ErrorKind::Unsupported, view.needs.toStdString() };
    const QByteArray bytes = bytesOf(*format, drawingOf(view, scene, options), view.figure(), scene);
    if (bytes.isEmpty())
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "{} could not be drawn at this size; choose a smaller size or fewer dpi.", path.string()) };
    return writeFile(path, { bytes.constData(), std::size_t(bytes.size()) });
}

QImage figureImage(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options)
{
    return rasterised(drawingOf(view, scene, options));
}

} // namespace headlight::ui
