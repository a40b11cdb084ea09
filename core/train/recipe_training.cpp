#include "core/train/recipe_training.h"

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/models/families.h"
#include "core/train/model_card.h"
#include "core/train/text/text_source.h"

namespace headlight {
namespace {

constexpr const char* checkpointFolder = ".training";

Status makeFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return Error { ErrorKind::Unwritable, fmt::format("{} could not be made: {}.", folder.string(), error.message()) };
    return {};
}

/// Learns the vocabulary from the texts that are not kept apart, and writes the tokenizer's files.
Status trainVocabulary(const RecipeVocabulary& vocabulary, const std::filesystem::path& data,
    const std::filesystem::path& output, const JobControl& control)
{
    const Json list { { "sources", Json::parse(vocabulary.sources) } };
    RecipeFields fields(list, "The recipe's vocabulary");
    std::vector<TextSource> sources;
    for (RecipeFields& source : fields.list("sources"))
        sources.push_back(readTextSource(source));
    HEADLIGHT_TRY_STATUS(fields.status());
    HEADLIGHT_TRY(const std::vector<SourceText> texts, readSources(sources, data, {}));
    WordPieceTrainer trainer(vocabulary.training);
    for (const SourceText& text : texts)
        if (text.split == Split::Train)
            trainer.add(text.text);
    HEADLIGHT_TRY(const std::vector<std::string> tokens, trainer.train(control.withoutProgress()));
    return writeBertTokenizer(output, tokens, vocabulary.training);
}

/// config.json for a stage: the recipe's, with what the task and the vocabulary add.
Json configFor(const Recipe& recipe, const TaskKind& kind, const TrainingTask& task, const Tokenizer* tokenizer)
{
    Json config = Json::parse(recipe.modelConfig);
    config["architectures"] = { kind.architecture };
    const std::vector<std::string> labels = task.labels();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        config["id2label"][std::to_string(i)] = labels[i];
        config["label2id"][labels[i]] = i;
    }
    if (tokenizer != nullptr)
        config["vocab_size"] = tokenizer->vocabularySize();
    return config;
}

/// Keeps the pieces of one training from recipe to folder.
class Work {
public:
    Work(const Recipe& recipe, const RecipeTraining& request, const JobControl& control)
        : m_recipe(recipe)
        , m_request(request)
        , m_control(control)
        , m_data(request.data.empty() ? recipe.folder : request.data)
    {
    }

    Status run()
    {
        HEADLIGHT_TRY_STATUS(makeFolder(m_request.output / checkpointFolder));
        if (!m_request.resume)
            for (std::size_t i = 0; i < m_recipe.stages.size(); ++i)
                std::filesystem::remove(checkpoint(i));
        HEADLIGHT_TRY_STATUS(prepareTokenizer());
        for (std::size_t i = 0; i < m_recipe.stages.size(); ++i)
            HEADLIGHT_TRY_STATUS(runStage(i));
        HEADLIGHT_TRY_STATUS(writeFolder());
        std::filesystem::remove_all(m_request.output / checkpointFolder);
        return {};
    }

    /// The task of a stage, ready for use.
    Expected<std::unique_ptr<TrainingTask>> makeTask(std::size_t stage)
    {
        HEADLIGHT_TRY(m_kind, taskKind(m_recipe.stages[stage].task));
        const Json model = Json::parse(m_recipe.modelConfig);
        const auto number = [&](const char* key) {
            return model.contains(key) && model[key].is_number_integer() ? model[key].get<std::int64_t>() : 0;
        };
        const TaskContext context { m_data, m_recipe.seed, m_tokenizer, number("max_position_embeddings"),
            number("image_size") };
        RecipeFields fields(Json::parse(m_recipe.stages[stage].taskSettings),
            fmt::format("stage {} ({})", stage + 1, m_kind->id));
        return m_kind->make(fields, context);
    }

private:
    std::filesystem::path checkpoint(std::size_t stage) const
    {
        return m_request.output / checkpointFolder / fmt::format("stage-{}.safetensors", stage + 1);
    }
    Status prepareTokenizer()
    {
        if (!m_recipe.vocabulary)
            return {};
        const bool there = m_request.resume && std::filesystem::exists(m_request.output / "tokenizer.json");
        if (!there)
            HEADLIGHT_TRY_STATUS(trainVocabulary(*m_recipe.vocabulary, m_data, m_request.output, m_control));
        HEADLIGHT_TRY(m_tokenizer, Tokenizer::open(m_request.output));
        return {};
    }
    Status runStage(std::size_t stage);
    JobControl stageControl(std::size_t stage) const;
    Status writeFolder();

    const Recipe& m_recipe;
    const RecipeTraining& m_request;
    const JobControl& m_control;
    std::filesystem::path m_data;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    const TaskKind* m_kind = nullptr;
    std::unique_ptr<TrainingTask> m_task; ///< of the current stage
    std::string m_config;
    std::unique_ptr<Model> m_model;
    std::vector<std::string> m_summaries;
};

/// Progress over all stages, each counted by its steps.
JobControl Work::stageControl(std::size_t stage) const
{
    double before = 0.0, all = 0.0;
    for (std::size_t i = 0; i < m_recipe.stages.size(); ++i) {
        const double steps = double(m_recipe.stages[i].trainer.steps);
        before += i < stage ? steps : 0.0;
        all += steps;
    }
    const double share = double(m_recipe.stages[stage].trainer.steps) / all;
    const std::string title = m_recipe.stages.size() == 1
        ? std::string()
        : fmt::format("stage {} of {}, ", stage + 1, m_recipe.stages.size());
    return m_control.mapped([=](double fraction) { return before / all + fraction * share; }, title);
}

Status Work::runStage(std::size_t stage)
{
    HEADLIGHT_TRY(std::unique_ptr<TrainingTask> task, makeTask(stage));
    const Json config = configFor(m_recipe, *m_kind, *task, m_tokenizer.get());
    Json training = config;
    if (m_recipe.stages[stage].dropout)
        training["hidden_dropout_prob"] = *m_recipe.stages[stage].dropout;
    HEADLIGHT_TRY(Config parsed, Config::parse(training.dump(), "The recipe's model"));
    HEADLIGHT_TRY(LoadedModel loaded, freshModel(std::move(parsed), m_recipe.seed));
    if (m_model != nullptr) {
        std::map<std::string, Tensor> earlier;
        for (const ParameterRef& parameter : m_model->parameters())
            earlier.emplace(parameter->name, parameter->value);
        adoptParameters(*loaded.model, earlier);
    }
    TrainerSettings settings = m_recipe.stages[stage].trainer;
    if (m_request.stepLimit > 0)
        settings.steps = std::min(settings.steps, m_request.stepLimit);
    Trainer trainer(*loaded.model, *task, settings, checkpoint(stage));
    if (m_request.resume)
        HEADLIGHT_TRY_STATUS(trainer.resume());
    HEADLIGHT_TRY_STATUS(trainer.run(stageControl(stage), [&](const TrainingReport& report) {
        if (m_request.observer)
            m_request.observer(stage, report);
    }));
    m_summaries.push_back(fmt::format("{}; {} steps of {} examples", task->dataSummary(), trainer.step(), settings.batch));
    m_config = config.dump(2) + "\n";
    m_task = std::move(task);
    m_model = std::move(loaded.model);
    return {};
}

Status Work::writeFolder()
{
    // The numbers of the card are those of the parameters as they are stored.
    std::map<std::string, Tensor> stored;
    for (const ParameterRef& parameter : m_model->parameters()) {
        parameter->value = parameter->value.converted(m_recipe.storage);
        stored.emplace(parameter->name, parameter->value);
    }
    ModelCardFacts facts { m_model->parameterCount(), m_summaries, {} };
    try {
        facts.measures = m_task->measure(*m_model, m_control.withoutProgress());
    } catch (const Stopped&) {
        return Error { ErrorKind::Cancelled, "Measuring was stopped." };
    }
    const std::filesystem::path& folder = m_request.output;
    HEADLIGHT_TRY_STATUS(writeFile(folder / "config.json", m_config));
    HEADLIGHT_TRY_STATUS(m_task->writeInputFiles(folder));
    HEADLIGHT_TRY_STATUS(writeFile(folder / "recipe.json", m_recipe.text));
    HEADLIGHT_TRY_STATUS(writeFile(folder / "README.md", modelCard(m_recipe, facts)));
    return writeSafetensors(folder / "model.safetensors", stored, { { "format", "pt" } });
}

} // namespace

Status train(const Recipe& recipe, const RecipeTraining& request, const JobControl& control)
{
    return Work(recipe, request, control).run();
}

Status previewRecipe(const Recipe& recipe, const PreviewRequest& request)
{
    const RecipeStage& last = recipe.stages.back();
    HEADLIGHT_TRY(const TaskKind* kind, taskKind(last.task));
    if (kind->preview == nullptr)
        return Error { ErrorKind::Unsupported,
            fmt::format("The task \"{}\" makes no pictures, so there is nothing to preview.", kind->id) };
    HEADLIGHT_TRY_STATUS(makeFolder(request.folder));
    RecipeFields fields(Json::parse(last.taskSettings), fmt::format("stage {} ({})", recipe.stages.size(), kind->id));
    return kind->preview(fields, request);
}

} // namespace headlight
