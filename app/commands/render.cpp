// headlight render: the figure the window would draw, without a window, the same bytes every time.

#include "app/commands/commands.h"

#include "app/input_options.h"
#include "app/offscreen_application.h"
#include "ui/export/export_figure.h"
#include "ui/session/sites.h"

#include <QRegularExpression>

#include <numeric>

namespace headlight {
namespace {

using namespace ui;

struct Options {
    InputOptions input;
    std::string view, output, site, head, size, query, key, title;
    std::string theme = "light", colourMap = "viridis", scale = "linear", normalise = "head",
                special = "show", direction = "looks-at";
    int layer = -1; ///< none given
    int dpi = ExportOptions::screenDpi;
    bool transparent = false;
};

/// Throws CLI::ValidationError that names the option and what it takes.
[[noreturn]] void refuse(const std::string& option, const std::string& given, const std::string& takes)
{
    throw CLI::ValidationError(option, fmt::format("\"{}\" is not known; it takes {}", given, takes));
}

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

/// "1600x1000"; empty for the figure's own size.
QSize sizeOf(const std::string& text)
{
    if (text.empty())
        return {};
    static const QRegularExpression pattern(QStringLiteral("^(\\d{1,6})[xX×](\\d{1,6})$"));
    const auto match = pattern.match(QString::fromStdString(text));
    if (!match.hasMatch())
        refuse("--size", text, "a width and a height like 1600x1000");
    return { match.captured(1).toInt(), match.captured(2).toInt() };
}

DisplaySettings displayOf(const Options& options)
{
    DisplaySettings display;
    bool known = false;
    display.colourMap = colourMap(QString::fromStdString(options.colourMap), &known).id;
    if (!known)
        refuse("--colormap", options.colourMap, names(colourMaps()));
    const auto scale = scaleFromId(QString::fromStdString(options.scale));
    if (!scale)
        refuse("--scale", options.scale, "linear, sqrt, log");
    const auto normalise = normaliseFromId(QString::fromStdString(options.normalise));
    if (!normalise)
        refuse("--normalise", options.normalise, "none, row, head, layer, model");
    display.scale = *scale;
    display.normalise = *normalise;
    display.hideSpecialTokens = options.special != "show";
    display.renormaliseHidden = options.special == "renormalise";
    display.direction =
        options.direction == "looks-at" ? TokenDirection::LooksAt : TokenDirection::LookedAtBy;
    return display;
}

void chooseHeads(Selection& selection, const LayerAttention& layer, const std::string& wanted)
{
    if (wanted == "mean" || wanted == "max") {
        selection.heads.resize(std::size_t(layer.heads));
        std::iota(selection.heads.begin(), selection.heads.end(), 0);
        selection.join = wanted == "mean" ? HeadJoin::Mean : HeadJoin::Max;
        return;
    }
    const auto heads = numberList("--head", wanted);
    selection.heads.clear();
    for (const std::int64_t head : heads) {
        if (head < 0 || head >= layer.heads)
            throw CLI::ValidationError("--head",
                fmt::format(
                    "there is no head {}; the layer has 0 to {}, mean and max", head, layer.heads - 1));
        selection.heads.push_back(int(head));
    }
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
        chooseHeads(selection, *layer, options.head);
    if (!options.query.empty())
        selection.queries = tokenList("--query", options.query, layer->queries);
    if (!options.key.empty())
        selection.key = tokenList("--key", options.key, layer->keys).front();
    return clamped(selection, result);
}

Status run(const Options& options, const JobControl& job)
{
    const OffscreenApplication application;
    const ViewDescriptor& view = viewOf(options);
    const ExportOptions how{ sizeOf(options.size), options.dpi, options.transparent };
    Scene scene;
    scene.display = displayOf(options);
    scene.theme = options.theme == "dark" ? ThemeKind::Dark : ThemeKind::Light;
    scene.title = QString::fromStdString(options.title);
    if (!formatOf(QString::fromStdString(options.output)))
        refuse("-o", options.output, "a file that ends in .png, .svg, .pdf or .csv");
    HEADLIGHT_TRY(const AnalysisRequest request, options.input.request());
    const Engine engine(Resources::locate());
    HEADLIGHT_TRY(const auto model, engine.open(options.input.model(), job));
    HEADLIGHT_TRY(scene.result, engine.run(model, request, job));
    if (scene.result->trace->layers().empty())
        return Error{ ErrorKind::Unsupported,
            "This run recorded no attention weights: there is nothing to draw." };
    scene.selection = selectionOf(options, view, *scene.result);
    job.report(0.9, "drawing");
    return exportFigure(view, scene, options.output, how);
}

void declareLook(CLI::App& app, Options& options)
{
    app.add_option(
        "--size", options.size, "Width and height in pixels: 1600x1000 (the figure's own without it)");
    app.add_option("--dpi", options.dpi, "Pixels per inch; 192 draws everything twice as large")
        ->capture_default_str();
    app.add_option("--theme", options.theme, "light or dark")
        ->check(CLI::IsMember({ "light", "dark" }))
        ->capture_default_str();
    app.add_option("--colormap", options.colourMap, "viridis, cividis, magma, inferno, plasma, grey ...")
        ->capture_default_str();
    app.add_option("--scale", options.scale, "linear, sqrt or log")->capture_default_str();
    app.add_option(
           "--normalise", options.normalise, "What the colour bar ends at: none, row, head, layer or model")
        ->capture_default_str();
    app.add_option("--special", options.special,
           "Special tokens: show, hide, or renormalise what is left of each row")
        ->check(CLI::IsMember({ "show", "hide", "renormalise" }))
        ->capture_default_str();
    app.add_option(
           "--direction", options.direction, "What --query shows in view text: looks-at or looked-at-by")
        ->check(CLI::IsMember({ "looks-at", "looked-at-by" }))
        ->capture_default_str();
    app.add_option("--title", options.title, "Title (layer and head without it)");
    app.add_flag("--transparent", options.transparent, "No background");
}

} // namespace

Command renderCommand()
{
    return { "render", "Draw a view into a file, as the window would",
        [](CLI::App& app) -> Command::Run {
            auto options = std::make_shared<Options>();
            options->input.declare(app);
            app.add_option("--view", options->view, "grid, heatmap, text, image, sound or flow")->required();
            app.add_option("--layer", options->layer, "Layer, from 0 (the last without it)")
                ->check(CLI::NonNegativeNumber)
                ->type_name("L");
            app.add_option(
                "--head", options->head, "Head, from 0, or several as 0,3, or mean, or max (0 without it)");
            app.add_option("--site", options->site,
                "Where in the model: encoder, decoder or cross; text or vision of models with two towers");
            app.add_option("--query", options->query, "Chosen tokens, from 0: 5 or 5,6");
            app.add_option("--key", options->key, "The token that is looked at, from 0 (cross attention)");
            app.add_option("-o,--output", options->output, "F.png, F.svg, F.pdf or F.csv")->required();
            declareLook(app, *options);
            return [options](const JobControl& job) { return run(*options, job); };
        } };
}

} // namespace headlight
