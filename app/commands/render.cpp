// headlight render: the figure the window would draw, without a window, the same bytes every time.

#include "app/commands/commands.h"

#include "app/against_options.h"
#include "app/input_options.h"
#include "app/look_options.h"
#include "app/offscreen_application.h"
#include "ui/export/animation.h"
#include "ui/export/export_figure.h"
#include "ui/session/sites.h"
#include "ui/widgets/computation_loader.h"

namespace headlight {
namespace {

using namespace ui;

struct Options {
    InputOptions input;
    AgainstOptions against;
    LookOptions look;
    std::string view, output, site, head, join, query, key, animate;
    int layer = -1; ///< none given
    int delay = Animation().delay;
    bool once = false;
};

template <typename Range> std::string names(const Range& range)
{
    std::string joined;
    for (const auto& member : range)
        joined += (joined.empty() ? "" : ", ") + member.id.toStdString();
    return joined;
}

const ViewDescriptor& viewOf(const Options& options)
{
    const ViewDescriptor* view = viewById(QString::fromStdString(options.view));
    if (!view)
        refuse("--view", options.view, names(views()));
    return *view;
}

/// Where the view looks when no token was named: at --site, or where it has something to show.
Selection placeOf(const Options& options, const ViewDescriptor& view, const AnalysisResult& result)
{
    Selection place = view.reachable(result, firstSelection(result));
    if (!options.site.empty()) {
        const auto site = siteFromId(result, QString::fromStdString(options.site));
        std::vector<std::string> names;
        for (const SiteGroup& one : sitesOf(result))
            names.push_back(id(one).toStdString());
        if (!site)
            throw CLI::ValidationError("--site",
                fmt::format("this run has no site \"{}\"; it has {}", options.site, fmt::join(names, ", ")));
        place = firstSelection(result, *site);
    }
    place.key.reset();
    if (place.kind == AttentionKind::Cross || !result.boxes.empty())
        return place;
    place.queries.clear();
    const auto layer = layerOf(result, place);
    const auto grid = layer ? TokenAxis::queries(result, *layer).grid() : std::nullopt;
    if (grid && grid->leadingTokens > 0)
        place.queries = { 0 };
    return place;
}

std::vector<int> tokenList(const std::string& option, const std::string& text, std::int64_t count)
{
    std::vector<int> tokens;
    for (const std::int64_t token : numberList(option, text)) {
        if (token < 0 || token >= count)
            throw CLI::ValidationError(
                option, fmt::format("there is no token {}; there are 0 to {}", token, count - 1));
        tokens.push_back(int(token));
    }
    return tokens;
}

Selection selectionOf(const Options& options, const ViewDescriptor& view, const AnalysisResult& result)
{
    Selection selection = placeOf(options, view, result);
    if (options.layer >= 0)
        selection.layer = options.layer;
    const auto layer = layerOf(result, selection);
    if (!layer)
        throw CLI::ValidationError("--layer",
            fmt::format("there is no layer {}; the model has 0 to {}", options.layer,
                layersOf(result, SiteGroup::of(selection)).back()->site.layer));
    if (!options.head.empty())
        chooseHeads(selection, *layer, "--head", options.head);
    if (options.join == "max")
        selection.join = HeadJoin::Max;
    if (options.query == "none")
        selection.queries.clear();
    else if (!options.query.empty())
        selection.queries = tokenList("--query", options.query, layer->queries);
    if (!options.key.empty())
        selection.key = tokenList("--key", options.key, layer->keys).front();
    return clamped(selection, result);
}

/// How the chosen layer came about: kept by the run, or by another one that keeps this layer alone.
Status completeSteps(Scene& scene, const JobControl& job)
{
    const AttentionSite site = scene.selection.site();
    scene.computation = scene.result->trace->computation(site);
    if (scene.computation)
        return {};
    HEADLIGHT_TRY(const auto trace, ComputationLoader::bring(*scene.result, { false, { site.layer } }, job));
    scene.computation = trace->computation(site);
    return {};
}

/// The steps are the mechanism's own: which there are is known after the run.
void checkStep(const Scene& scene)
{
    const std::string step = scene.options.value(QStringLiteral("step")).toString().toStdString();
    if (step.empty())
        return;
    const auto& layer = scene.computation;
    if (!layer)
        throw CLI::ValidationError("--step", "this view goes through no steps; steps does");
    std::vector<std::string> ids;
    for (const Stage& stage :
        layer->steps(scene.selection.head(), scene.selection.query().value_or(0)).stages)
        if (std::ranges::find(ids, stage.step) == ids.end())
            ids.push_back(stage.step);
    if (std::ranges::find(ids, step) == ids.end())
        throw CLI::ValidationError(
            "--step", fmt::format("\"{}\" is not known; here it takes {}", step, fmt::join(ids, ", ")));
}

constexpr const char* againstUsage = "compare needs one of --against, --against-text, --against-layer and "
                                     "--against-head, and no other view takes them";

bool compares(const ViewDescriptor& view)
{
    return view.id == QLatin1String(Comparison::view);
}

/// What must be known before the model runs: wrong usage shall not take the time of a run.
std::optional<AnimationKind> checkUsage(const Options& options, const ViewDescriptor& view)
{
    const auto format = formatOf(QString::fromStdString(options.output));
    if (!format)
        refuse("-o", options.output, "a file that ends in " + allEndings().toStdString());
    if (compares(view) != options.against.given())
        throw CLI::ValidationError("--view", againstUsage);
    const auto animation = animationFromId(QString::fromStdString(options.animate));
    if (animation && format != ExportFormat::Gif && format != ExportFormat::Png)
        throw CLI::ValidationError("--animate", "it makes a .gif, or numbered pictures by a .png");
    if (!animation && format == ExportFormat::Gif)
        throw CLI::ValidationError("-o", "a .gif needs --animate");
    return animation;
}

/// The layers whose computation the figure needs.
StepsRequest stepsOf(
    const Options& options, const ViewDescriptor& view, std::optional<AnimationKind> animation)
{
    StepsRequest steps;
    if (view.computation && animation == AnimationKind::Layers)
        steps.all = true;
    else if (view.computation && options.layer >= 0)
        steps.layers = { options.layer };
    return steps;
}

/// MODEL, INPUT and the other side as they were given, for the metadata.
QStringList saidOf(const Options& options)
{
    QStringList all;
    for (const std::string& argument : options.input.said())
        all << QString::fromStdString(argument);
    for (const std::string& argument : options.against.said())
        all << QString::fromStdString(argument);
    return all;
}

Status run(const Options& options, const JobControl& job)
{
    const OffscreenApplication application;
    const ViewDescriptor& view = viewOf(options);
    ExportOptions file = options.look.file();
    Scene scene = options.look.scene(view);
    const auto animation = checkUsage(options, view);
    HEADLIGHT_TRY(AnalysisRequest request, options.input.request());
    file.input = saidOf(options);
    request.trace.steps = stepsOf(options, view, animation);
    const Engine engine(Resources::locate());
    HEADLIGHT_TRY(const auto model, engine.open(options.input.model(), job));
    HEADLIGHT_TRY(scene.result, engine.run(model, request, job));
    if (scene.result->trace->layers().empty())
        return Error{ ErrorKind::Unsupported,
            "This run recorded no attention weights: there is nothing to draw." };
    scene.selection = selectionOf(options, view, *scene.result);
    if (view.computation)
        HEADLIGHT_TRY_STATUS(completeSteps(scene, job));
    checkStep(scene);
    if (compares(view)) {
        HEADLIGHT_TRY(
            scene.other, options.against.side(engine, { scene.result, scene.selection, request }, job));
    }
    job.report(0.9, "drawing");
    if (!animation)
        return exportFigure(view, scene, options.output, file);
    return exportAnimation(
        view, scene, options.output, file, { *animation, options.delay, !options.once }, job);
}

void declareAnimation(CLI::App& app, Options& options)
{
    CLI::Option* animate =
        app.add_option("--animate", options.animate,
               "Pictures one after another, into a .gif or numbered .png files: over layers, heads, "
               "generation (the text as it was written) or steps (view steps)")
            ->check(CLI::IsMember({ "layers", "heads", "generation", "steps" }));
    app.add_option("--delay", options.delay, "Milliseconds per picture")
        ->needs(animate)
        ->check(CLI::Range(Animation::leastDelay, Animation::mostDelay))
        ->capture_default_str();
    app.add_flag("--once", options.once, "A .gif that ends at its last picture")->needs(animate);
}

void declarePlace(CLI::App& app, Options& options)
{
    app.add_option("--layer", options.layer, "Layer, from 0 (the last without it)")
        ->check(CLI::NonNegativeNumber)
        ->type_name("L");
    CLI::Option* head = app.add_option(
        "--head", options.head, "Head, from 0, or several as 0,3, or mean, or max (0 without it)");
    app.add_option("--join", options.join, "Several heads as one map: their mean, or their max")
        ->needs(head)
        ->check(CLI::IsMember({ "mean", "max" }));
    app.add_option("--site", options.site,
        "Where in the model: encoder, decoder or cross; text or vision of models with two towers");
    app.add_option("--query", options.query, "Chosen tokens, from 0: 5 or 5,6, or none");
    app.add_option("--key", options.key, "The token that is looked at, from 0");
}

} // namespace

Command renderCommand()
{
    return { "render", "Draw a view into a file, as the window would, or write its numbers",
        [](CLI::App& app) -> Command::Run {
            auto options = std::make_shared<Options>();
            options->input.declare(app);
            app.add_option("--view", options->view, names(views()))->required();
            declarePlace(app, *options);
            app.add_option("-o,--output", options->output,
                   "F.png, .svg or .pdf: the figure; .gif: with --animate; .csv, .npz, .safetensors or "
                   ".json: its "
                   "numbers")
                ->required();
            options->look.declare(app);
            declareAnimation(app, *options);
            options->against.declare(app);
            return [options](const JobControl& job) { return run(*options, job); };
        } };
}

} // namespace headlight
