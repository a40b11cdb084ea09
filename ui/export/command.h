#pragma once
// The command line that makes a figure again, for the metadata of its file.

#include "ui/export/export_options.h"
#include "ui/session/session_state.h"
#include "ui/views/view.h"

namespace headlight::ui {

/// MODEL and INPUT of a session; empty where they cannot be said there: pasted pictures, raw tensors. Folders
/// are left out of paths: the line is for whoever has the files.
QStringList inputArguments(const SessionState& state);
/// "headlight render sentiment --text 'Not bad' --view heatmap --layer 2 ..." without -o; empty where
/// `options.input` is, or the other side of a comparison cannot be said.
QString renderCommand(const ViewDescriptor& view, const Scene& scene, const ExportOptions& options);
/// An argument as a POSIX shell takes it.
QString quotedForShell(const QString& argument);
/// The value of an option of a view as `--option NAME=VALUE` takes it, and back.
QString optionText(const QVariant& value);
QVariant optionValue(const QString& text);

} // namespace headlight::ui
