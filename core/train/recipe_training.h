#pragma once
// From a recipe to a model folder: vocabulary, stages one after the other, measuring, writing.

#include "core/train/recipe.h"
#include "core/train/tasks.h"

namespace headlight {

/// Told after each evaluation, with the number of the stage.
using StageObserver = std::function<void(std::size_t stage, const TrainingReport& report)>;

struct RecipeTraining {
    std::filesystem::path data; ///< folder of the recipe's data paths; empty: the recipe's own
    std::filesystem::path output; ///< made if need be
    bool resume = false; ///< go on with the checkpoints in the output folder instead of starting anew
    std::int64_t stepLimit = 0; ///< at most so many steps per stage; 0: as the recipe says
    StageObserver observer;
};

/// Trains as the recipe says and writes a Hugging Face folder. The same recipe and data give the same parameters, with
/// any number of threads and however often it was stopped and resumed.
/// Errors: BadFile, NotFound, Unsupported, Unwritable; Cancelled after saving a checkpoint.
Status train(const Recipe& recipe, const RecipeTraining& request, const JobControl& control);

/// Writes pictures of what the last stage's task shows. Errors: Unsupported for tasks without pictures, Unwritable.
Status previewRecipe(const Recipe& recipe, const PreviewRequest& request);

} // namespace headlight
