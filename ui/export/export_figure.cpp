#include "ui/export/export_figure.h"

#include "core/io/file.h"
#include "core/io/tensor_file.h"
#include "ui/export/formats.h"
#include "ui/export/metadata.h"
#include "ui/export/numbers.h"

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
    { ExportFormat::Gif, "gif" },
    { ExportFormat::Csv, "csv" },
    { ExportFormat::Npz, "npz" },
    { ExportFormat::Safetensors, "safetensors" },
    { ExportFormat::Json, "json" },
};

Drawing drawingOf(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options)
{
    const Figure& figure = view.figure();
    Drawing drawing;
    drawing.paint = [&figure, scene](
                        QPainter& painter, const QRectF& area) { figure.paint(painter, area, scene); };
    drawing.size =
        FigureSize::of(options, options.natural.isEmpty() ? figure.naturalSize(scene) : options.natural);
    if (!options.transparent)
        drawing.background = themeOf(scene).window;
    drawing.title = scene.title.isEmpty() ? view.title : scene.title;
    drawing.metadata = figureMetadata(view, scene, options);
    return drawing;
}

Status checkView(const ViewDescriptor& view, const Scene& scene)
{
    if (!scene.result || !view.available(*scene.result))
        return Error{ ErrorKind::Unsupported, view.needs.toStdString() };
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
    default: // not of one piece of bytes: exportAnimation, writeNumbers
        return {};
    }
}

/// A stop that comes while a figure is drawn lands before its file is there.
Status checkWanted(const JobControl& job)
{
    return job.stopRequested() ? Status(Error{ ErrorKind::Cancelled, {} }) : Status();
}

Status writeNumbers(const ViewDescriptor& view, const Scene& scene, const std::filesystem::path& path,
    const ExportOptions& options, const JobControl& job)
{
    HEADLIGHT_TRY(FigureNumbers numbers, figureNumbers(view, scene));
    for (const auto& [name, value] : figureMetadata(view, scene, options))
        numbers.texts[name.toStdString()] = value.toStdString();
    HEADLIGHT_TRY_STATUS(checkWanted(job));
    return writeTensors(path, numbers.tensors, numbers.texts);
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

QString allEndings()
{
    QStringList all;
    for (const auto& [format, name] : endings)
        all << u'.' + QLatin1String(name);
    const QString last = all.takeLast();
    return QStringLiteral("%1 or %2").arg(all.join(QStringLiteral(", ")), last);
}

bool isTensors(ExportFormat format)
{
    return format == ExportFormat::Npz || format == ExportFormat::Safetensors || format == ExportFormat::Json;
}

bool isDrawn(ExportFormat format)
{
    return format != ExportFormat::Csv && !isTensors(format);
}

Status checkOptions(const ExportOptions& options)
{
    if (options.dpi < ExportOptions::leastDpi || options.dpi > ExportOptions::mostDpi)
        return Error{ ErrorKind::BadInput,
            fmt::format("A resolution of {} dpi is not possible; choose {} to {}.", options.dpi,
                ExportOptions::leastDpi, ExportOptions::mostDpi) };
    const int shorter = std::min(options.size.width(), options.size.height());
    const int longer = std::max(options.size.width(), options.size.height());
    const bool given = options.size.width() != 0 || options.size.height() != 0;
    if (options.size.isValid() && given
        && (shorter < ExportOptions::leastSide || longer > ExportOptions::largestSide))
        return Error{ ErrorKind::BadInput,
            fmt::format("A figure of {}×{} pixels is not possible; a side has {} to {} pixels.",
                options.size.width(), options.size.height(), ExportOptions::leastSide,
                ExportOptions::largestSide) };
    return {};
}

Expected<QByteArray> figureBytes(
    const ViewDescriptor& view, const Scene& scene, ExportFormat format, const ExportOptions& options)
{
    HEADLIGHT_TRY_STATUS(checkOptions(options));
    HEADLIGHT_TRY_STATUS(checkView(view, scene));
    if (format == ExportFormat::Csv)
        HEADLIGHT_TRY_STATUS(checkTable(view, scene));
    QByteArray bytes = bytesOf(format, drawingOf(view, scene, options), view.figure(), scene);
    if (bytes.isEmpty())
        return Error{ ErrorKind::BadInput,
            "The figure could not be drawn at this size; choose a smaller size or fewer dpi." };
    return bytes;
}

Status exportFigure(const ViewDescriptor& view, const Scene& scene, const std::filesystem::path& path,
    const ExportOptions& options, const JobControl& job)
{
    const auto format = formatOf(QString::fromStdString(path.string()));
    if (!format)
        return Error{ ErrorKind::BadInput,
            fmt::format("{} has an ending that names no format; use {}.", path.string(),
                allEndings().toStdString()) };
    if (format == ExportFormat::Gif)
        return Error{ ErrorKind::BadInput,
            fmt::format("{} would be an animation: say what it goes through.", path.string()) };
    if (isTensors(*format)) {
        HEADLIGHT_TRY_STATUS(checkView(view, scene));
        return writeNumbers(view, scene, path, options, job);
    }
    HEADLIGHT_TRY(const QByteArray bytes, figureBytes(view, scene, *format, options));
    HEADLIGHT_TRY_STATUS(checkWanted(job));
    return writeFile(path, { bytes.constData(), std::size_t(bytes.size()) });
}

QImage figureImage(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options)
{
    return rasterised(drawingOf(view, scene, options));
}

QImage figureImage(
    const ViewDescriptor& view, const Scene& scene, const QSizeF& layout, double zoom, bool transparent)
{
    ExportOptions options;
    options.transparent = transparent;
    options.natural = layout;
    Drawing drawing = drawingOf(view, scene, options);
    drawing.size.page = layout * zoom;
    return rasterised(drawing);
}

} // namespace headlight::ui
