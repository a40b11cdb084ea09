#include "core/engine/pass.h"

#include <chrono>

namespace headlight {
namespace {

/// Adds the batch axis that the reference's outputs have.
Tensor withBatchAxis(const ModelOutput& output)
{
    const Tensor& value = output.value.value();
    if (output.rows == ModelOutput::Rows::PerSequence)
        return value;
    std::vector<std::int64_t> extents { 1 };
    extents.insert(extents.end(), value.shape().extents().begin(), value.shape().extents().end());
    return value.reshaped(Shape(std::span<const std::int64_t>(extents)));
}

std::string outputNames(const ModelOutputs& outputs)
{
    std::vector<std::string> names;
    for (const auto& [name, output] : outputs)
        names.push_back(name);
    return fmt::format("{}", fmt::join(names, ", "));
}

/// The place of a gradient's target in the flat output. Errors: BadInput.
Expected<std::int64_t> flatIndex(const GradientTarget& target, const Shape& shape)
{
    std::vector<std::int64_t> index = target.index;
    if (index.size() == 1 && shape.rank() > 1) { // a class: first example, last position
        index.insert(index.begin(), std::size_t(shape.rank() - 1), 0);
        for (int axis = 1; axis + 1 < shape.rank(); ++axis)
            index[std::size_t(axis)] = shape[axis] - 1;
    }
    if (int(index.size()) != shape.rank())
        return Error { ErrorKind::BadInput,
            fmt::format("The target {} has {} indices, {} of shape {} needs {} (or one class).", fmt::join(target.index, ","),
                target.index.size(), target.output, shape.toString(), shape.rank()) };
    std::int64_t flat = 0;
    for (int axis = 0; axis < shape.rank(); ++axis) {
        const std::int64_t i = index[std::size_t(axis)];
        if (i < 0 || i >= shape[axis])
            return Error { ErrorKind::BadInput,
                fmt::format("There is no entry {} in {}, whose shape is {}.", fmt::join(index, ","), target.output, shape.toString()) };
        flat = flat * shape[axis] + i;
    }
    return flat;
}

/// Gradients come flat: one map, or window after window.
Shape gradientShape(const LayerAttention& layer)
{
    if (layer.windows == nullptr)
        return { layer.heads, layer.queries, layer.keys };
    const auto size = std::int64_t(layer.windows->tokens.front().size());
    if (!layer.windows->apart)
        return { std::int64_t(layer.windows->tokens.size()), layer.heads, size, size };
    std::int64_t cells = 0;
    for (const auto& tokens : layer.windows->tokens)
        cells += std::int64_t(tokens.size() * tokens.size());
    return { layer.heads * cells };
}

Status differentiate(const GradientTarget& target, const ModelOutputs& outputs, Run& run, Trace& trace)
{
    const auto found = outputs.find(target.output);
    if (found == outputs.end())
        return Error { ErrorKind::BadInput,
            fmt::format("This model has no output {}; it has {}.", target.output, outputNames(outputs)) };
    HEADLIGHT_TRY(const std::int64_t place, flatIndex(target, withBatchAxis(found->second).shape()));
    const Var& output = found->second.value;
    const Tensor seed = Tensor::make(output.shape(), [place](std::span<float> out) {
        std::fill(out.begin(), out.end(), 0.0f);
        out[std::size_t(place)] = 1.0f;
    });
    run.tape->backward(output, seed, [&run] { run.control().report(0.9, "gradients"); });
    for (const RecordedWeights& recorded : run.recordedWeights)
        if (const auto layer = trace.layer(recorded.site))
            trace.setGradient(recorded.site,
                run.tape->gradient(recorded.weights).reshaped(gradientShape(*layer)));
    return {};
}

/// Every attention map is a stochastic matrix, or the numbers it came from were none.
Status checkRows(const Trace& trace)
{
    constexpr float rounding = 1e-4f;
    const float error = trace.largestRowSumError();
    if (std::isnan(error))
        return Error { ErrorKind::BadFile,
            "The attention weights came out as no numbers: the model's parameters are damaged or overflow, or its input does." };
    HEADLIGHT_CHECK(error < rounding, "an attention row that does not sum to one");
    return {};
}

/// "attentions.3", "encoder_hidden_states.0", "text.cross_attention_grads.1" as the reference names them.
std::string nameOf(const AttentionSite& site, bool pair, std::string_view what)
{
    const std::string_view tower = site.tower == Tower::Text ? "text." : site.tower == Tower::Vision ? "vision." : "";
    const std::string_view stack = site.kind == AttentionKind::Cross ? "cross_"
        : !pair || site.tower != Tower::Only                         ? ""
        : site.kind == AttentionKind::Encoder                        ? "encoder_"
                                                                     : "decoder_";
    return fmt::format("{}{}{}.{}", tower, stack, what, site.layer);
}

/// "block_attentions.0.1" → "block_attention_grads.0.1"
std::string gradientName(std::string name)
{
    constexpr std::string_view weights = "attentions";
    return name.replace(name.find(weights), weights.size(), "attention_grads");
}

/// Shapes: → [windows,H,n,n].
Tensor materialisedWindows(const LayerAttention& layer)
{
    const auto& windows = layer.windows->tokens;
    const auto size = std::int64_t(windows.front().size());
    std::vector<float> row(static_cast<std::size_t>(layer.keys)); // a row of the map of all cells
    return Tensor::make({ std::int64_t(windows.size()), layer.heads, size, size }, [&](std::span<float> out) {
        float* target = out.data();
        for (const std::vector<std::int64_t>& tokens : windows)
            for (int head = 0; head < layer.heads; ++head)
                for (const std::int64_t query : tokens) {
                    layer.source->weights(head, { query, query + 1, 0, layer.keys }, row);
                    for (const std::int64_t key : tokens)
                        *target++ = row[std::size_t(key)];
                }
    });
}

/// Each window by itself, as "<name>.<window>". Shapes: → [1,H,n,n] each.
void addWindowsApart(std::map<std::string, Tensor>& named, const LayerAttention& layer, const std::string& name)
{
    std::int64_t before = 0;
    for (std::size_t w = 0; w < layer.windows->tokens.size(); ++w) {
        LayerAttention window = layer;
        window.windows = std::make_shared<const Windows>(Windows { { layer.windows->tokens[w] } });
        const Tensor maps = materialisedWindows(window);
        const std::string whole = fmt::format("{}.{}", name, w);
        named[whole] = maps;
        if (!layer.gradient.empty())
            named[gradientName(whole)] = layer.gradient.slice(before, before + maps.count()).reshaped(maps.shape());
        before += maps.count();
    }
}

/// Shapes: → [1,H,T,S].
Tensor materialised(const LayerAttention& layer)
{
    if (!layer.maps.empty())
        return layer.maps.reshaped({ 1, layer.heads, layer.queries, layer.keys });
    const std::int64_t cells = layer.queries * layer.keys;
    return Tensor::make({ 1, layer.heads, layer.queries, layer.keys }, [&](std::span<float> out) {
        for (int head = 0; head < layer.heads; ++head)
            layer.source->weights(head, { 0, layer.queries, 0, layer.keys },
                out.subspan(std::size_t(head * cells), std::size_t(cells)));
    });
}

void addNamed(std::map<std::string, Tensor>& named, const LayerAttention& layer, bool pair)
{
    if (layer.exported) {
        named.merge(layer.exported());
        if (!layer.gradient.empty()) // of the whole map
            named[nameOf(layer.site, pair, "attention_grads")]
                = layer.gradient.reshaped({ 1, layer.heads, layer.queries, layer.keys });
        return;
    }
    if (layer.windows != nullptr && layer.windows->apart) {
        for (const std::string& name : layer.exportNames)
            addWindowsApart(named, layer, name);
        return;
    }
    const Tensor maps = layer.windows == nullptr ? materialised(layer) : materialisedWindows(layer);
    const std::vector<std::string> names
        = layer.exportNames.empty() ? std::vector { nameOf(layer.site, pair, "attentions") } : layer.exportNames;
    for (const std::string& name : names) {
        named[name] = maps;
        if (!layer.gradient.empty())
            named[gradientName(name)] = layer.gradient.reshaped(maps.shape());
    }
}

/// What each head's sink takes of its rows. Shape: [1,H,T].
Tensor sinkShares(const LayerAttention& layer)
{
    return Tensor::make({ 1, layer.heads, layer.queries }, [&](std::span<float> out) {
        for (int head = 0; head < layer.heads; ++head) {
            const HeadSummary& summary = layer.summaries[std::size_t(head)];
            for (std::int64_t query = 0; query < layer.queries; ++query)
                out[std::size_t(head * layer.queries + query)] = summary.rows()[std::size_t(query)].sink;
        }
    });
}

/// The experts of each token, best first, and what each counts. Shapes: [1,T,chosen].
void addExperts(std::map<std::string, Tensor>& named, const ExpertChoice& choice, bool pair)
{
    const Shape shape { 1, choice.tokens(), choice.chosen };
    named[nameOf(choice.site, pair, "experts")] = Tensor::fromVector(shape, { choice.experts.begin(), choice.experts.end() });
    named[nameOf(choice.site, pair, "expert_weights")] = Tensor::fromVector(shape, choice.weights);
}

/// How many first tokens of `input` an earlier pass knows; one at least is always left to compute.
std::int64_t knownRows(const Model& model, const ModelInput& input, const PassRequest& request)
{
    const auto& [ids, trace] = request.earlier;
    const TraceRequest& wanted = request.trace;
    if (trace == nullptr || request.gradient || wanted.hiddenStates || wanted.steps.any() || wanted.layers)
        return 0;
    ModelInput before;
    before.ids = ids;
    if (!model.readsOn(before) || !model.readsOn(input))
        return 0;
    const auto layers = trace->layers();
    const bool whole = std::int64_t(layers.size()) == model.info().layers
        && std::ranges::all_of(layers, [](const auto& layer) { return layer->rows != nullptr; });
    const auto same = std::ranges::mismatch(ids, input.ids).in2 - input.ids.begin();
    return whole ? std::min<std::int64_t>(same, std::int64_t(input.ids.size()) - 1) : 0;
}

/// Leaves the tokens after the beginning.
ModelInput afterBeginning(const ModelInput& input, std::int64_t known)
{
    ModelInput rest;
    rest.ids.assign(input.ids.begin() + known, input.ids.end());
    return rest;
}

/// An output per token of all of the text: its first rows are those of the earlier pass.
Tensor withBeginning(const Tensor& added, const Tensor& earlier, std::int64_t known)
{
    const Tensor first = earlier.reshaped({ earlier.shape()[1], earlier.count() / earlier.shape()[1] }).slice(0, known);
    const std::int64_t rows = known + added.shape()[1], width = first.shape()[1];
    const Tensor all = Tensor::make({ rows, width }, [&](std::span<float> out) {
        std::ranges::copy(first.floats(), out.begin());
        std::ranges::copy(added.floats(), out.begin() + std::ptrdiff_t(known * width));
    });
    return added.shape().rank() == 3 ? all.reshaped({ 1, rows, width }) : all.reshaped({ 1, rows });
}

} // namespace

Expected<PassResult> runPass(
    const Model& model, const ModelInput& input, const PassRequest& request, const JobControl& control)
{
    HEADLIGHT_TRY_STATUS(model.check(input));
    auto trace = std::make_shared<Trace>();
    Tape tape;
    Run run(control);
    run.trace = trace.get();
    run.request = request.trace;
    if (request.trace.steps.any())
        run.steps = std::make_shared<StepRecorder>(*trace, request.trace.steps);
    if (request.gradient)
        run.tape = &tape;
    if (request.watch)
        run.beforeLayer = [&request, &trace] { request.watch(*trace); };
    const auto start = std::chrono::steady_clock::now();
    const std::int64_t known = knownRows(model, input, request);
    const ModelInput rest = known > 0 ? afterBeginning(input, known) : ModelInput();
    if (known > 0)
        run.beginning = Beginning { request.earlier.trace, known };
    const ModelOutputs outputs = model.forward({ known > 0 ? &rest : &input, 1 }, run);
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    for (const auto& [name, output] : outputs)
        trace->setOutput(name, known > 0 && output.rows == ModelOutput::Rows::PerToken
                ? withBeginning(withBatchAxis(output), request.earlier.trace->outputs().at(name), known)
                : withBatchAxis(output));
    HEADLIGHT_TRY_STATUS(checkRows(*trace));
    if (request.gradient)
        HEADLIGHT_TRY_STATUS(differentiate(*request.gradient, outputs, run, *trace));
    return PassResult { std::move(trace), elapsed.count(), known };
}

std::map<std::string, Tensor> namedTensors(const Trace& trace, const ModelInfo& info)
{
    std::map<std::string, Tensor> named = trace.outputs();
    for (const auto& layer : trace.layers()) {
        addNamed(named, *layer, info.pair);
        if (layer->sinks)
            named[nameOf(layer->site, info.pair, "attention_sinks")] = sinkShares(*layer);
        if (const auto choice = trace.experts(layer->site))
            addExperts(named, *choice, info.pair);
    }
    for (const HiddenState& state : trace.hiddenStates())
        named[nameOf(state.site, info.pair, "hidden_states")] = state.value.reshaped({ 1, state.value.shape()[0], state.value.shape()[1] });
    return named;
}

} // namespace headlight
