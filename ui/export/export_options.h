#pragma once
// How a figure goes into a file.

#include <QSizeF>
#include <QString>
#include <QStringList>
#include <optional>

namespace headlight::ui {

enum class ExportFormat { Png, Svg, Pdf, Gif, Csv, Npz, Safetensors, Json };

struct ExportOptions {
    static constexpr int screenDpi = 96, largestSide = 20'000, leastSide = 32, leastDpi = 24, mostDpi = 2400;

    /// In pixels; SVG and PDF are as large as so many pixels at `dpi`. Empty: the figure's natural size.
    QSize size = {};
    /// Pixels per inch: at 192 everything is twice as large as on an ordinary screen.
    int dpi = screenDpi;
    bool transparent = false; ///< no background
    /// Sizes that follow from what a figure is for; they win over size and dpi. A column of 85 mm or a page
    /// of 178 mm at 300 dpi, a slide of 1920 × 1080.
    enum class Fit { Own, Column, Page, Slide } fit = Fit::Own;
    /// Stands for the figure's natural size where that is not empty: pictures of one animation are equally
    /// large.
    QSizeF natural = {};
    /// MODEL and INPUT as the command line takes them, so that the file can say how it is made again; empty
    /// where they cannot be said.
    QStringList input = {};
};

/// By the file's ending; none for an ending that is not known.
std::optional<ExportFormat> formatOf(const QString& path);
/// "png", "svg" ...
QString ending(ExportFormat format);
/// ".png, .svg, .pdf ..." of all formats, for messages.
QString allEndings();
/// A picture, with a size and a theme; else numbers.
bool isDrawn(ExportFormat format);
/// Tensors with names, written by core.
bool isTensors(ExportFormat format);

} // namespace headlight::ui
