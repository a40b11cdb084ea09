#pragma once
// Where a recipe's texts come from, and which of them are kept apart for validation and test: decided by a hash of the
// text, so that a text that stands in two places is never on both sides.

#include "core/base/expected.h"
#include "core/train/recipe_fields.h"
#include "core/train/training_task.h"

namespace headlight {

struct SourceText {
    std::string text;
    std::int64_t label = -1; ///< -1: none
    int source = 0; ///< index of the source it comes from
    Split split = Split::Train;
};

struct TextSource {
    std::string name; ///< for the card: "UCI reviews"
    std::string file; ///< relative to the data folder
    std::string textColumn; ///< empty: every line is a text
    std::string labelColumn; ///< empty: no labels
    std::int64_t repeats = 1; ///< how often a round through all texts shows these
    std::map<std::string, std::string> labels; ///< value in the file → class; "" leaves such rows out
};

/// Reads {name, file, text, label, labels, repeats}. Problems stay in `fields`.
TextSource readTextSource(RecipeFields& fields);

/// What of a text counts for the split: letters and digits, without case, so that copies with other punctuation meet.
std::string splitKey(std::string_view text);
/// 80 % for training, 8 % for validation, 12 % for the test.
Split splitOf(std::string_view text);

/// The texts of all sources in order, a repeated text once per source. `classes` gives labels their index; sources
/// without a label column give label −1.
/// Errors: NotFound, BadFile: a column that is missing, a label the source does not map (by its line), a class not in
/// `classes`.
Expected<std::vector<SourceText>> readSources(
    const std::vector<TextSource>& sources, const std::filesystem::path& data, const std::vector<std::string>& classes);

} // namespace headlight
