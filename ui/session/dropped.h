#pragma once
// What files dropped on the window, chosen in a dialog or named on the command line turn out to be.

#include "core/audio/sound.h"
#include "core/base/expected.h"
#include "core/base/job_control.h"
#include "core/engine/analysis.h"
#include "core/vision/image.h"

#include <QStringList>

namespace headlight::ui {

struct Dropped {
    std::string model; ///< a folder or checkpoint file; empty without one
    std::optional<Image> image;
    std::optional<std::string> text;
    std::optional<Sound> sound;
    std::shared_ptr<const AnalysisResult> attention = {}; ///< computed by another program
    std::string source = {}; ///< the file of the picture, sound or attention, absolute
    std::string session = {}; ///< a session file, unread; whoever opens sessions does
};

/// Reads `paths` (on the engine thread); of several of one kind the last counts.
/// Errors: NotFound, and what readImage and readSound say; BadFile for a file that is neither model, picture,
/// sound nor text.
Expected<Dropped> readDropped(const QStringList& paths, const JobControl& control);

} // namespace headlight::ui
