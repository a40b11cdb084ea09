#pragma once
// A recipe: everything that makes a trained model come out the same again, as a small JSON file.

#include "core/text/wordpiece_trainer.h"
#include "core/train/recipe_fields.h"
#include "core/train/trainer.h"

namespace headlight {

/// One training run. Later stages start from the parameters of earlier ones that have the same names.
struct RecipeStage {
    std::string task; ///< an id of tasks.cpp
    TrainerSettings trainer;
    std::optional<double> dropout; ///< while this stage trains, instead of the model's own
    std::string taskSettings; ///< JSON text; the task reads it
};

/// Texts a vocabulary is learned from: lines of a file, or a column of a table.
struct RecipeVocabulary {
    WordPieceTraining training;
    std::string sources; ///< JSON text of the list
};

struct Recipe {
    std::string name; ///< "sentiment"
    std::string title, description; ///< for the card
    std::string license;
    std::vector<std::string> about; ///< paragraphs of the card: where the data comes from, limits
    std::vector<std::string> limits;
    std::vector<std::string> datasets; ///< identifiers for the card's front matter
    std::uint64_t seed = 1;
    DType storage = DType::F16;
    std::string modelConfig; ///< JSON text of config.json without what the task adds
    std::optional<RecipeVocabulary> vocabulary;
    std::vector<RecipeStage> stages;
    std::string text; ///< the file itself
    std::filesystem::path folder; ///< data paths are relative to it unless --data says otherwise

    /// Errors: NotFound; BadFile with one sentence on the first thing that is wrong, unknown settings included.
    static Expected<Recipe> read(const std::filesystem::path& file);
    /// From text; `where` names it in messages.
    static Expected<Recipe> parse(const std::string& text, const std::string& where);
};

} // namespace headlight
