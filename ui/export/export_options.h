#pragma once
// How a figure goes into a file.

#include <QSize>
#include <QString>
#include <optional>

namespace headlight::ui {

enum class ExportFormat { Png, Svg, Pdf, Csv };

struct ExportOptions {
    static constexpr int screenDpi = 96;
    static constexpr int largestSide = 20'000;

    /// In pixels; SVG and PDF are as large as so many pixels at `dpi`. Empty: the figure's natural size.
    QSize size;
    /// Pixels per inch: at 192 everything is twice as large as on an ordinary screen.
    int dpi = screenDpi;
    bool transparent = false; ///< no background
};

/// By the file's ending; none for an ending that is not known.
std::optional<ExportFormat> formatOf(const QString& path);
/// "png", "svg" ...
QString ending(ExportFormat format);

} // namespace headlight::ui
