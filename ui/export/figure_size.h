#pragma once
// How large a figure is in its file, and how large it draws itself.

#include "ui/export/export_options.h"

#include <QSizeF>

namespace headlight::ui {

/// A figure lays itself out on `layout`, in pixels of the screen; that becomes `page`, in pixels of 1/96
/// inch, which has `dpi` pixels per inch where it is made of pixels.
struct FigureSize {
    QSizeF layout, page;
    int dpi = ExportOptions::screenDpi;

    /// `natural`: where everything is readable.
    static FigureSize of(const ExportOptions& options, const QSizeF& natural);
    QSize pixels() const;
    QSizeF millimetres() const { return page * 25.4 / ExportOptions::screenDpi; }
};

/// "column", "page", "slide"; empty for Fit::Own.
QString id(ExportOptions::Fit fit);
std::optional<ExportOptions::Fit> fitFromId(const QString& id);

} // namespace headlight::ui
