#pragma once
// The model card: README.md of a trained model. What was measured is filled in from the measuring itself.

#include "core/train/recipe.h"

namespace headlight {

struct ModelCardFacts {
    std::int64_t parameters = 0;
    std::vector<std::string> stages; ///< what each stage learned from
    std::vector<Measure> measures;
};

/// Markdown with a YAML front matter, as Hugging Face reads it.
std::string modelCard(const Recipe& recipe, const ModelCardFacts& facts);

} // namespace headlight
