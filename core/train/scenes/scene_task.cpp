// Task "scenes": which kind is the marked object? Scenes are drawn on demand, each from a seed of its own, so there is no
// data set to run out of; validation and test scenes come from seeds that training never uses.

#include "core/train/classification.h"
#include "core/explain/rollout.h"
#include "core/train/random.h"
#include "core/train/scenes/scene.h"
#include "core/train/tasks.h"
#include "core/vision/image_processor.h"
#include "core/vision/image_writer.h"

namespace headlight {
namespace {

struct SceneTaskSettings {
    SceneSettings scenes;
    int drawnSize = 128; ///< scenes are drawn at this size and reduced, as a user's larger picture is
    std::int64_t validation = 1000, test = 4000, rollouts = 500;
    float smoothing = 0.0f;
};

SceneTaskSettings readSettings(RecipeFields& fields)
{
    SceneTaskSettings s;
    s.scenes.fewestDistractors = int(fields.size("fewest_distractors", 1, 0, 10));
    s.scenes.mostDistractors = int(fields.size("most_distractors", 4, s.scenes.fewestDistractors, 10));
    s.scenes.smallest = float(fields.real("smallest_radius", 0.11, 0.02, 0.35));
    s.scenes.largest = float(fields.real("largest_radius", 0.19, s.scenes.smallest, 0.35));
    s.drawnSize = int(fields.size("drawn_size", 128, 8, 2048));
    s.validation = fields.size("validation", 1000);
    s.test = fields.size("test", 4000);
    s.rollouts = fields.size("rollouts", 500);
    s.smoothing = float(fields.real("label_smoothing", 0.0, 0.0, 0.9));
    fields.close();
    return s;
}

/// What the model's pictures go through; also written beside the model.
ImageProcessorConfig processorConfig(std::int64_t size)
{
    ImageProcessorConfig config;
    config.type = "ViT";
    config.resize = ResizeRule {};
    config.resize->size = { int(size), int(size) };
    config.rescale = 1.0 / 255.0;
    config.normalise = ImageProcessorConfig::Normalisation { { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0.5 } };
    return config;
}

std::uint64_t trainingSeed(std::uint64_t seed, std::int64_t position)
{
    return mixSeeds(seed, 1, std::uint64_t(position));
}

/// Share of the [CLS] row that falls on patches inside the object, [CLS] itself left out; and the object's own share.
struct RolloutShare {
    double inside = 0.0, area = 0.0;
};

class SceneTask final : public TrainingTask {
public:
    SceneTask(const SceneTaskSettings& settings, std::int64_t imageSize)
        : m_settings(settings)
        , m_imageSize(imageSize)
        , m_processor(ImageProcessor::fromConfig(processorConfig(imageSize)))
    {
    }

    Var loss(const Model& model, const BatchPart& part, Run& run) const override
    {
        std::vector<ClassifiedInput> examples;
        for (std::int64_t i = part.first; i < part.last; ++i)
            examples.push_back(example(makeScene(trainingSeed(part.seed, part.step * part.batch + i), m_settings.scenes)));
        return classificationLoss(model, examples, m_settings.smoothing, run);
    }

    Evaluation evaluate(const Model& model, Split split, const JobControl& control) const override
    {
        return classified(model, split, control).evaluation();
    }

    std::vector<Measure> measure(const Model& model, const JobControl& control) const override;
    std::string dataSummary() const override;
    std::vector<std::string> labels() const override
    {
        std::vector<std::string> names;
        for (int i = 0; i < shapeKinds; ++i)
            names.emplace_back(displayName(ShapeKind(i)));
        return names;
    }
    Status writeInputFiles(const std::filesystem::path& folder) const override
    {
        return writeImageProcessorConfig(folder, m_processor.config());
    }

private:
    /// The same held-out scenes whatever the recipe's seed.
    static std::uint64_t heldOutSeed(Split split, std::int64_t index)
    {
        return mixSeeds(0x7e57, split == Split::Test ? 2 : 3, std::uint64_t(index));
    }
    ClassifiedInput example(const Scene& scene) const;
    Classified classified(const Model& model, Split split, const JobControl& control) const;
    RolloutShare rolloutShare(const Model& model, const Scene& scene, const JobControl& control) const;

    SceneTaskSettings m_settings;
    std::int64_t m_imageSize;
    ImageProcessor m_processor;
};

ClassifiedInput SceneTask::example(const Scene& scene) const
{
    const Expected<ProcessedImage> processed = m_processor.process(paint(scene, m_settings.drawnSize));
    ClassifiedInput result;
    const Tensor& values = processed.value().pixelValues;
    result.input.pixelValues = values.reshaped({ values.shape()[1], values.shape()[2], values.shape()[3] });
    result.target = std::int64_t(scene.marked().kind);
    return result;
}

Classified SceneTask::classified(const Model& model, Split split, const JobControl& control) const
{
    const std::int64_t count = split == Split::Test ? m_settings.test : m_settings.validation;
    return classify(
        model, count, [&](std::int64_t i) { return example(makeScene(heldOutSeed(split, i), m_settings.scenes)); }, control);
}

RolloutShare SceneTask::rolloutShare(const Model& model, const Scene& scene, const JobControl& control) const
{
    Trace trace;
    Run run(control);
    run.trace = &trace;
    const std::array<ModelInput, 1> input { example(scene).input };
    model.forward(input, run);
    const Tensor last = attentionRollout(trace.layers()).back();
    const int grid = int(m_imageSize / model.info().patchSize);
    const std::int64_t leading = model.info().leadingTokens;
    // Coverage per patch: the mean over the pixels of a drawing with 8 × 8 pixels per patch.
    const Tensor fine = coverage(scene.marked(), grid * 8);
    RolloutShare share;
    double total = 0.0;
    for (int patch = 0; patch < grid * grid; ++patch) {
        double covered = 0.0;
        for (int i = 0; i < 64; ++i)
            covered += double(fine.at((patch / grid * 8 + i / 8) * grid * 8 + patch % grid * 8 + i % 8)) / 64.0;
        const double flow = double(last.row(0)[std::size_t(leading + patch)]);
        share.inside += flow * covered;
        share.area += covered / (grid * grid);
        total += flow;
    }
    share.inside /= total;
    return share;
}

std::vector<Measure> SceneTask::measure(const Model& model, const JobControl& control) const
{
    const Classified test = classified(model, Split::Test, control);
    std::vector<Measure> measures { { fmt::format("accuracy on {} held-out scenes", test.targets.size()), test.accuracy(),
        fmt::format("the most frequent class alone: {:.3f}", majorityShare(test.targets)) } };
    for (int kind = 0; kind < shapeKinds; ++kind) {
        std::int64_t count = 0, right = 0;
        for (std::size_t i = 0; i < test.targets.size(); ++i)
            if (test.targets[i] == kind) {
                ++count;
                right += test.predicted[i] == kind ? 1 : 0;
            }
        measures.push_back({ fmt::format("accuracy, {}", displayName(ShapeKind(kind))),
            double(right) / double(std::max<std::int64_t>(1, count)), fmt::format("{} scenes", count) });
    }
    RolloutShare mean;
    for (std::int64_t i = 0; i < m_settings.rollouts; ++i) {
        const RolloutShare one = rolloutShare(model, makeScene(heldOutSeed(Split::Test, i), m_settings.scenes), control);
        mean.inside += one.inside / double(m_settings.rollouts);
        mean.area += one.area / double(m_settings.rollouts);
    }
    measures.push_back({ fmt::format("share of the [CLS] attention rollout inside the marked object, mean of {} scenes",
                             m_settings.rollouts),
        mean.inside, fmt::format("the object's share of the area: {:.3f}", mean.area) });
    return measures;
}

std::string SceneTask::dataSummary() const
{
    return fmt::format("Every training step draws new scenes; {} others decide which parameters are kept, and {} more, seen "
                       "by neither, give the numbers below.",
        m_settings.validation, m_settings.test);
}

Status preview(RecipeFields& fields, const PreviewRequest& request)
{
    const SceneTaskSettings settings = readSettings(fields);
    HEADLIGHT_TRY_STATUS(fields.status());
    for (int i = 0; i < request.count; ++i) {
        const Scene scene = makeScene(trainingSeed(1, i), settings.scenes);
        const std::string name = fmt::format("scene-{:03}-{}.png", i, displayName(scene.marked().kind));
        HEADLIGHT_TRY_STATUS(writePng(request.folder / name, paint(scene, request.size)));
    }
    return {};
}

} // namespace

const TaskKind sceneTask { "scenes", "ViTForImageClassification",
    [](RecipeFields& settings, const TaskContext& context) -> Expected<std::unique_ptr<TrainingTask>> {
        const SceneTaskSettings read = readSettings(settings);
        HEADLIGHT_TRY_STATUS(settings.status());
        if (context.imageSize < 1)
            return Error { ErrorKind::BadFile, "The task \"scenes\" needs a model with an \"image_size\"." };
        return std::unique_ptr<TrainingTask>(std::make_unique<SceneTask>(read, context.imageSize));
    },
    preview };

} // namespace headlight
