// headlight train: makes a model as a recipe says.

#include "app/commands/commands.h"

#include "core/base/parallel_for.h"
#include "core/train/recipe_training.h"

namespace headlight {
namespace {

struct Options {
    std::string recipe, output, data;
    bool resume = false;
    int threads = 0, preview = 0, previewSize = 384;
    std::int64_t steps = 0;
};

/// One line per evaluation: a training that runs for hours leaves a log.
void printReport(const Recipe& recipe, std::size_t stage, const TrainingReport& report)
{
    fmt::print(stderr,
        "{}: step {} of {}, loss {:.4f}, validation loss {:.4f}, accuracy {:.4f} (best {:.4f}), "
        "{:.0f} ms per step, {} left\n",
        recipe.stages[stage].task, report.step, report.steps, report.loss, report.validation.loss,
        report.validation.accuracy, report.bestAccuracy, report.secondsPerStep * 1000.0, displayDuration(report.secondsLeft));
}

Status run(const Options& options, const JobControl& job)
{
    HEADLIGHT_TRY(const Recipe recipe, Recipe::read(options.recipe));
    if (options.threads > 0)
        setThreadCount(options.threads);
    RecipeTraining training;
    training.data = options.data;
    training.output = options.output.empty() ? recipe.name : options.output;
    training.resume = options.resume;
    training.stepLimit = options.steps;
    training.observer = [&](std::size_t stage, const TrainingReport& report) { printReport(recipe, stage, report); };
    if (options.preview > 0)
        return previewRecipe(recipe, { training.output, options.preview, options.previewSize });
    return train(recipe, training, job);
}

} // namespace

Command trainCommand()
{
    return { "train", "Train a model as a recipe says; writes a Hugging Face folder", [](CLI::App& app) -> Command::Run {
                auto options = std::make_shared<Options>();
                app.add_option("RECIPE", options->recipe, "The recipe (JSON)")->required();
                app.add_option("-o", options->output, "Output folder (default: the recipe's name, here)");
                app.add_option("--data", options->data, "Folder that the recipe's data paths are relative to");
                app.add_flag("--resume", options->resume, "Go on where a stopped training left off");
                app.add_option("--threads", options->threads, "Threads (default: one per processor)")
                    ->check(CLI::Range(1, 1024));
                app.add_option("--steps", options->steps, "At most so many steps per stage")->check(CLI::PositiveNumber);
                app.add_option("--preview", options->preview, "Only write so many training pictures, then end")
                    ->check(CLI::Range(1, 100000));
                app.add_option("--preview-size", options->previewSize, "Their width in pixels")->check(CLI::Range(8, 4096));
                return [options](const JobControl& job) { return run(*options, job); };
            } };
}

} // namespace headlight
