// headlight attend: runs a model and saves (or sums up) what it recorded.

#include "app/commands/commands.h"

#include "app/input_options.h"
#include "app/output.h"
#include "core/io/tensor_file.h"

namespace headlight {
namespace {

struct Options {
    InputOptions input;
    std::string output, gradientOf = "logits";
    std::optional<std::string> gradient, layers;
    bool hidden = false;
};

Expected<AnalysisRequest> request(const Options& options)
{
    HEADLIGHT_TRY(AnalysisRequest request, options.input.request());
    request.trace.hiddenStates = options.hidden;
    request.trace.maps = !options.output.empty(); // all of them are written
    if (options.gradient)
        request.gradient = GradientTarget { options.gradientOf, numberList("--grad", *options.gradient) };
    return request;
}

std::string pieces(std::span<const TokenInfo> tokens)
{
    std::string joined;
    for (const TokenInfo& token : tokens)
        joined += (joined.empty() ? "" : "\n") + token.piece;
    return joined;
}

std::map<std::string, std::string> metadata(const AnalysisResult& result, const Options& options)
{
    std::map<std::string, std::string> data { { "model", result.model->name },
        { "architecture", result.model->network->info().architecture }, { "tokens", pieces(result.tokens) } };
    if (!result.turnsText.empty())
        data["turns_text"] = result.turnsText;
    if (!result.decoderTokens.empty())
        data["decoder_tokens"] = pieces(result.decoderTokens);
    if (!result.patchTokens.empty())
        data["patch_tokens"] = pieces(result.patchTokens);
    if (result.generated) {
        data["generated_text"] = result.generated->text;
        data["generated_ids"] = fmt::format("{}", fmt::join(result.generated->ids, ","));
    }
    if (result.compute != Compute::Float32)
        data["compute"] = name(result.compute);
    if (result.computeError)
        data["compute_error"] = displayText(*result.computeError);
    if (options.gradient) {
        data["grad_target_tensor"] = options.gradientOf;
        data["grad_target_index"] = *options.gradient;
    }
    return data;
}

/// "3", and for models of several stacks "encoder 3", "cross 3", "text 3" ...
std::string placeOf(const AttentionSite& site, const ModelInfo& info)
{
    std::string place = site.tower == Tower::Text ? "text " : site.tower == Tower::Vision ? "vision " : "";
    if (site.kind == AttentionKind::Cross)
        place += "cross ";
    else if (info.pair && site.tower == Tower::Only)
        place += site.kind == AttentionKind::Encoder ? "encoder " : "decoder ";
    return place + std::to_string(site.layer);
}

std::string pieceAt(const std::vector<TokenInfo>& tokens, std::int64_t index)
{
    return index < std::int64_t(tokens.size()) ? tokens[std::size_t(index)].piece : std::to_string(index);
}

/// A line per head of a layer.
std::string headLines(const AnalysisResult& result, const std::shared_ptr<const LayerAttention>& layer, std::size_t width)
{
    const AttentionSite& site = layer->site;
    std::string text;
    for (int head = 0; head < layer->heads; ++head) {
        const HeadStatistics& s = layer->summaries[std::size_t(head)].statistics();
        text += fmt::format("{:>{}} {:>4} {:>8.3f} {:>8.2f} {:>8.3f}  {:.4f} {} → {}\n", placeOf(site, result.model->network->info()),
            width, head, s.entropy, s.distance, s.firstMass, AttentionMap(layer, head).at(s.largestQuery, s.largestKey),
            pieceAt(result.queryTokens(site), s.largestQuery), pieceAt(result.keyTokens(site), s.largestKey));
    }
    return text;
}

/// Without -o: what a person wants to read first.
std::string summary(const AnalysisResult& result)
{
    const ModelInfo& info = result.model->network->info();
    std::string text = fmt::format("{}: {}, {} layers × {} heads, {} tokens, {:.1f} ms\n", result.model->name,
        info.architecture, info.layers, info.heads, result.tokens.size(), result.milliseconds);
    if (result.heard && result.heard->secondsCut >= 0.01)
        text += fmt::format("heard {:.2f} s of {:.2f} s, as much as the model takes at once\n", result.heard->heard.seconds(),
            result.sound.seconds());
    if (result.compute != Compute::Float32)
        text += fmt::format("linear maps in {}\n", name(result.compute));
    if (result.computeError)
        text += fmt::format("{}\n", displayText(*result.computeError));
    if (result.generated)
        text += fmt::format("{}\n", result.generated->text);
    for (const Prediction& prediction : result.predictions)
        for (const ClassProbability& one : prediction.classes)
            text += fmt::format("{:<12} {:.4f}  {}\n", prediction.title, one.probability, one.label);
    std::size_t width = 5;
    for (const auto& layer : result.trace->layers())
        width = std::max(width, placeOf(layer->site, info).size());
    text += fmt::format("{:>{}} {:>4} {:>8} {:>8} {:>8}  largest weight\n", "layer", width, "head", "entropy", "distance", "on first");
    for (const auto& layer : result.trace->layers())
        text += headLines(result, layer, width);
    return text;
}

std::set<int> layersOf(const std::string& text, const ModelInfo& info)
{
    std::set<int> layers;
    for (const std::int64_t layer : numberList("--layers", text)) {
        if (layer < 0 || layer >= info.layers)
            throw CLI::ValidationError("--layers", fmt::format("there is no layer {}; the model has 0 to {}", layer, info.layers - 1));
        layers.insert(int(layer));
    }
    return layers;
}

Status run(const Options& options, const JobControl& job)
{
    HEADLIGHT_TRY(AnalysisRequest wanted, request(options));
    if (!options.output.empty())
        HEADLIGHT_TRY_STATUS(checkTensorPath(options.output)); // before the work, not after it
    const Engine engine(Resources::locate());
    HEADLIGHT_TRY(const auto model, engine.open(options.input.model(), job));
    if (options.layers)
        wanted.trace.layers = layersOf(*options.layers, model->network->info());
    HEADLIGHT_TRY(const auto result, engine.run(model, wanted, job));
    if (options.output.empty())
        return writeOutput("", summary(*result));
    return writeTensors(options.output, result->stacked.empty() ? namedTensors(*result->trace, model->network->info()) : result->stacked,
        metadata(*result, options));
}

} // namespace

Command attendCommand()
{
    return { "attend", "Run a model and save the attention weights it computed", [](CLI::App& app) -> Command::Run {
                auto options = std::make_shared<Options>();
                options->input.declare(app);
                app.add_option("-o,--output", options->output, "F.safetensors, F.npz or F.json (a summary on stdout without it). Beside attentions.N [1,H,T,S]: attention_sinks.N "
                    "[1,H,T], the share of each row that a sink takes; experts.N and expert_weights.N [1,T,K], the experts of each token, "
                    "best first, and what each counts, where the model has them");
                app.add_flag("--hidden", options->hidden, "Save hidden states too");
                CLI::Option* grad = app.add_option("--grad", options->gradient, "Save d target / d attention; the target is this CLASS, or a full index a,b,c");
                app.add_option("--grad-of", options->gradientOf, "Output that --grad addresses")->needs(grad)->capture_default_str();
                app.add_option("--layers", options->layers, "Keep only these layers, from 0: 0,3");
                return [options](const JobControl& job) { return run(*options, job); };
            } };
}

} // namespace headlight
