#pragma once
// The catalogue of training tasks: what a recipe can ask for. Adding one is one file and one line in tasks.cpp.

#include "core/text/tokenizer.h"
#include "core/train/recipe_fields.h"
#include "core/train/training_task.h"

namespace headlight {

/// What a task is made with beside its settings.
struct TaskContext {
    std::filesystem::path data; ///< folder that data paths are relative to
    std::uint64_t seed = 1;
    std::shared_ptr<const Tokenizer> tokenizer; ///< text tasks; null when the recipe has no vocabulary
    std::int64_t positions = 0; ///< text: the longest input of the model
    std::int64_t imageSize = 0; ///< pictures
};

/// Pictures of what a task shows, for a look at what is learned from.
struct PreviewRequest {
    std::filesystem::path folder;
    int count = 1, size = 64;
};

struct TaskKind {
    std::string_view id; ///< in recipes
    std::string_view architecture; ///< of the model it trains
    /// Errors: problems of the settings stay in `settings`; data that is missing or malformed is an Error.
    Expected<std::unique_ptr<TrainingTask>> (*make)(RecipeFields& settings, const TaskContext& context);
    /// Writes PNG files; null for tasks without pictures. Errors: BadFile, Unwritable.
    Status (*preview)(RecipeFields& settings, const PreviewRequest& request);
};

/// All tasks; the list is in tasks.cpp.
std::span<const TaskKind* const> taskKinds();
/// Errors: BadFile naming the known ones.
Expected<const TaskKind*> taskKind(std::string_view id);

/// scenes/scene_task.cpp
extern const TaskKind sceneTask;
/// text/text_classification.cpp
extern const TaskKind textClassificationTask;
/// text/masked_language.cpp
extern const TaskKind maskedLanguageTask;

} // namespace headlight
