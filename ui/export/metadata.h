#pragma once
// What a figure tells of itself inside its file: model, input, view, layer, head, colours.

#include "ui/export/export_options.h"
#include "ui/views/view.h"

#include <QPair>

namespace headlight::ui {

/// Names and values, in a fixed order. Nothing that differs from run to run: no date, no folder, no timing.
/// Last comes "command", the command line that makes the figure again, where it can be said.
QList<QPair<QString, QString>> figureMetadata(
    const ViewDescriptor& view, const Scene& scene, const ExportOptions& options = {});
/// "model: sentiment; view: heatmap; ..." on one line.
QString metadataLine(const QList<QPair<QString, QString>>& metadata);

} // namespace headlight::ui
