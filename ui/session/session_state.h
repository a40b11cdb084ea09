#pragma once
// Everything a person set in the window, as one value: what undo goes back to, what a session file holds,
// what a pin leads back to. Results are not in it: they follow from it.

#include "core/engine/analysis.h"
#include "ui/session/display_settings.h"
#include "ui/session/selection.h"

#include <QMap>
#include <QString>
#include <QVariantMap>

namespace headlight::ui {

struct SessionState {
    QString model; ///< what Session::openModel takes: a bundled name, an absolute path, org/name; empty: none
    /// Shared by all states that have it, pictures and sounds with it; null: nothing was given yet.
    std::shared_ptr<const AnalysisInput> input;
    QString source; ///< the file its picture or sound came from; empty when it was pasted or typed
    std::optional<std::size_t> example; ///< which of the model's examples it is
    QString attention; ///< the file of imported attention that is shown in place of what a model computed
    std::optional<std::string> target; ///< what a person typed for the decoder of a pair
    GenerationOptions generation; ///< without `stop` and `written`
    bool cutToFit = false;
    std::int64_t written = 0; ///< tokens the model wrote on when it was asked to; 0: it was not asked
    Selection selection;
    DisplaySettings display;
    QString view; ///< the id of the view that is shown
    QMap<QString, QVariantMap> viewOptions; ///< by the id of the view
};

/// By content; what shares its buffers is not looked at, nor which example an input came from.
bool operator==(const SessionState& a, const SessionState& b);
/// Whether both are null or hold the same. Inputs made of tensors are the same only when they are one object.
bool sameInput(const std::shared_ptr<const AnalysisInput>& a, const std::shared_ptr<const AnalysisInput>& b);
/// Whether two ways of writing give the same text.
bool sameGeneration(const GenerationOptions& a, const GenerationOptions& b);
/// Whether both lead to the same result: what differs at most is how it is looked at.
bool sameRun(const SessionState& a, const SessionState& b);
/// The bytes of text, picture or sound in an input.
std::size_t bytesOf(const AnalysisInput& input);

} // namespace headlight::ui
