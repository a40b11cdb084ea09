#include "core/train/recipe.h"

#include "core/io/file.h"
#include "core/io/json.h"

namespace headlight {
namespace {

TrainerSettings readTrainer(RecipeFields& fields, std::uint64_t seed)
{
    TrainerSettings t;
    t.steps = fields.size("steps", std::nullopt);
    t.batch = fields.size("batch", 32);
    t.parts = fields.size("parts", std::min<std::int64_t>(4, t.batch), 1, t.batch);
    t.evaluateEvery = fields.size("evaluate_every", 200);
    t.checkpointEvery = fields.size("checkpoint_every", 200);
    t.patience = fields.size("patience", 0, 0);
    t.schedule.peak = fields.real("learning_rate", std::nullopt, 1e-8, 10.0);
    t.schedule.warmUp = fields.size("warm_up", t.steps / 20, 0, t.steps);
    t.schedule.floor = fields.real("floor", 0.05, 0.0, 1.0);
    t.optimizer.decay = float(fields.real("decay", 0.01, 0.0, 1.0));
    t.optimizer.beta2 = float(fields.real("beta2", 0.999, 0.0, 0.999999));
    t.clip = fields.real("clip", 1.0, 0.0, 1e6);
    t.seed = seed;
    return t;
}

RecipeStage readStage(RecipeFields fields, std::uint64_t seed)
{
    RecipeStage stage;
    stage.task = fields.text("task", std::nullopt);
    stage.trainer = readTrainer(fields, seed);
    if (fields.has("dropout"))
        stage.dropout = fields.real("dropout", std::nullopt, 0.0, 0.9);
    const Json& settings = fields.raw("settings");
    stage.taskSettings = settings.is_null() ? "{}" : settings.dump();
    fields.close();
    return stage;
}

std::optional<RecipeVocabulary> readVocabulary(RecipeFields& recipe)
{
    if (!recipe.has("vocabulary"))
        return std::nullopt;
    RecipeFields fields = recipe.object("vocabulary");
    RecipeVocabulary vocabulary;
    vocabulary.training.vocabularySize = std::size_t(fields.size("size", 8000, 10, 1 << 20));
    vocabulary.training.minimumCount = fields.size("minimum_count", 2);
    vocabulary.training.alphabetLimit = std::size_t(fields.size("alphabet_limit", 200, 1, 1 << 16));
    vocabulary.training.maximumLength = fields.size("maximum_length", 128);
    vocabulary.sources = fields.raw("sources").dump();
    fields.close();
    return vocabulary;
}

DType readStorage(RecipeFields& fields)
{
    const std::string name = fields.text("storage", "float16");
    for (const DType type : { DType::F16, DType::F32, DType::BF16 })
        if (displayName(type) == name)
            return type;
    fields.problem(fmt::format("{}: \"storage\" must be float16, bfloat16 or float32, found \"{}\".", fields.where(), name));
    return DType::F16;
}

Recipe readRecipe(RecipeFields& fields)
{
    Recipe recipe;
    recipe.name = fields.text("name", std::nullopt);
    recipe.title = fields.text("title", recipe.name);
    recipe.description = fields.text("description", "");
    recipe.license = fields.text("license", "");
    recipe.about = fields.texts("about");
    recipe.limits = fields.texts("limits");
    recipe.datasets = fields.texts("datasets");
    recipe.seed = std::uint64_t(fields.size("seed", 1, 0));
    recipe.storage = readStorage(fields);
    const Json& model = fields.raw("model");
    if (!model.is_object())
        fields.problem(fmt::format("{}: \"model\" must be an object, the content of a config.json.", fields.where()));
    recipe.modelConfig = model.dump();
    recipe.vocabulary = readVocabulary(fields);
    for (RecipeFields& stage : fields.list("stages"))
        recipe.stages.push_back(readStage(stage, recipe.seed + recipe.stages.size()));
    if (recipe.stages.empty())
        fields.problem(fmt::format("{} has no \"stages\": there is nothing to train.", fields.where()));
    fields.close();
    return recipe;
}

} // namespace

Expected<Recipe> Recipe::parse(const std::string& text, const std::string& where)
{
    HEADLIGHT_TRY(const Json json, parseJson(text, where));
    RecipeFields fields(json, where);
    HEADLIGHT_TRY_STATUS(fields.status());
    Recipe recipe = readRecipe(fields);
    HEADLIGHT_TRY_STATUS(fields.status());
    recipe.text = text;
    return recipe;
}

Expected<Recipe> Recipe::read(const std::filesystem::path& file)
{
    HEADLIGHT_TRY(const std::string text, readFile(file));
    HEADLIGHT_TRY(Recipe recipe, parse(text, file.string()));
    recipe.folder = file.parent_path();
    return recipe;
}

} // namespace headlight
