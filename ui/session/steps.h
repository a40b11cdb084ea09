#pragma once
// What a step of the history is called and which steps are one: the difference between two states in the
// words of the person who made it.

#include "ui/session/session_state.h"

#include <functional>

namespace headlight::ui {

struct StepDescription {
    QString name; ///< goes on after “Undo ”: "typing", "choosing “it”"
    QString subject; ///< steps about the same thing merge within one gesture; empty: never
};

/// What step descriptions may look at beside the two states.
struct StepContext {
    const AnalysisResult* result = nullptr; ///< null: tokens have no names
    std::function<QString(const QString& id)> viewTitle; ///< may be empty
};

/// The weightiest difference: opening a model brings another input and selection with it, and is one step.
/// None when the states are the same. A new kind of difference is one line in the table of steps.cpp.
std::optional<StepDescription> describeStep(
    const SessionState& before, const SessionState& after, const StepContext& context);

} // namespace headlight::ui
