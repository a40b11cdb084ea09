#pragma once
// Figures into files: the same drawing as on the screen, written whole or not at all, the same bytes for the
// same scene.

#include "core/base/expected.h"
#include "core/base/job_control.h"
#include "ui/export/export_options.h"
#include "ui/views/view.h"

#include <filesystem>

namespace headlight::ui {

/// Writes the figure of `view`, or the numbers it shows, in the format of the path's ending (a .gif needs
/// exportAnimation). What it shows and how is in the file's metadata. May be called from any thread once
/// there is a QGuiApplication. Errors: BadInput (unknown ending, impossible size), Unsupported (the view
/// cannot show this result), Unwritable; Cancelled: nothing is written then.
Status exportFigure(const ViewDescriptor& view, const Scene& scene, const std::filesystem::path& path,
    const ExportOptions& options, const JobControl& job = {});

/// The content of a .png, .svg, .pdf or .csv file. Errors: BadInput, Unsupported.
Expected<QByteArray> figureBytes(
    const ViewDescriptor& view, const Scene& scene, ExportFormat format, const ExportOptions& options);

/// Errors: BadInput for a size or resolution that is not possible.
Status checkOptions(const ExportOptions& options);

/// The figure as pixels, for the clipboard.
QImage figureImage(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options);
/// The same, laid out on `layout` and then scaled by `zoom`: for previews.
QImage figureImage(
    const ViewDescriptor& view, const Scene& scene, const QSizeF& layout, double zoom, bool transparent);

} // namespace headlight::ui
