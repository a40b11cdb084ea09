#pragma once
// Figures on the clipboard: as pixels, as a drawing, or as numbers for a spreadsheet.

#include "core/base/expected.h"
#include "ui/export/export_options.h"
#include "ui/views/view.h"
#include "ui/widgets/async_job.h"

namespace headlight::ui {

enum class CopyAs { Picture, Svg, Numbers };

struct CopyWanted {
    const ViewDescriptor* view = nullptr;
    Scene scene;
    ExportOptions options;
    CopyAs as = CopyAs::Picture;
};

/// Drawn on a worker; `done` is called on the thread of `receiver`, which owns `job`, when the clipboard has
/// it, or why not.
void copyFigure(AsyncJob& job, QObject* receiver, const CopyWanted& wanted, std::function<void(Status)> done);

} // namespace headlight::ui
