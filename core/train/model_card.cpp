#include "core/train/model_card.h"

namespace headlight {
namespace {

std::string frontMatter(const Recipe& recipe)
{
    std::string text = "---\n";
    if (!recipe.license.empty())
        text += fmt::format("license: {}\n", recipe.license);
    if (!recipe.datasets.empty()) {
        text += "datasets:\n";
        for (const std::string& dataset : recipe.datasets)
            text += fmt::format("- {}\n", dataset);
    }
    return text + "---\n";
}

std::string paragraphs(const std::vector<std::string>& texts)
{
    return fmt::format("{}\n", fmt::join(texts, "\n\n"));
}

std::string measureTable(const std::vector<Measure>& measures)
{
    std::string text = "| measured | value | beside it |\n|---|---|---|\n";
    for (const Measure& measure : measures)
        text += fmt::format("| {} | {:.3f} | {} |\n", measure.name, measure.value, measure.note);
    return text;
}

std::string training(const Recipe& recipe, const ModelCardFacts& facts)
{
    std::string text;
    for (std::size_t i = 0; i < facts.stages.size(); ++i)
        text += fmt::format("{}. *{}*: {}.\n", i + 1, recipe.stages[i].task, facts.stages[i]);
    return text
        + fmt::format("\nThe recipe is `recipe.json` beside this page; `headlight train recipe.json --data FOLDER -o OUTPUT` "
                      "makes this model again. {} parameters, stored as {}.\n",
            facts.parameters, displayName(recipe.storage));
}

} // namespace

std::string modelCard(const Recipe& recipe, const ModelCardFacts& facts)
{
    std::string text = frontMatter(recipe) + fmt::format("\n# {}\n\n{}\n", recipe.title, recipe.description);
    text += "\n## Data\n\n" + paragraphs(recipe.about);
    text += "\n## Training\n\n" + training(recipe, facts);
    text += "\n## Measured quality\n\nOn held-out examples, with the parameters as stored, by the training run itself.\n\n"
        + measureTable(facts.measures);
    text += "\n## Limits\n\n";
    for (const std::string& limit : recipe.limits)
        text += fmt::format("- {}\n", limit);
    return text;
}

} // namespace headlight
