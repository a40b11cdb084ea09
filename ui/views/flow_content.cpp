#include "ui/views/flow_content.h"

#include "core/explain/attention_flow.h"

#include <QCoreApplication>

#include <numeric>

namespace headlight::ui {
namespace {

/// Weights of all heads that are made at once on the GUI thread, and network edges × targets.
constexpr double promptWeights = 4e5;
constexpr std::int64_t promptFlowTokens = 20;

using Layers = std::vector<std::shared_ptr<const LayerAttention>>;

QString tr(const char* text)
{
    return QCoreApplication::translate("Flow", text);
}

bool sameSize(const Layers& layers)
{
    return std::ranges::all_of(
        layers, [&](const auto& l) { return l->queries == l->keys && l->keys == layers.front()->keys; });
}

/// The encoder whose output the cross attention looks at; empty when it was not recorded as one stack.
Layers encoderOf(const AnalysisResult& result, const LayerAttention& cross)
{
    for (const SiteGroup& site : sitesOf(result)) {
        const Layers layers = layersOf(result, site);
        if (site.kind == AttentionKind::Encoder && sameSize(layers) && layers.front()->keys == cross.keys
            && stackGraph(layers, 0.5))
            return layers;
    }
    return {};
}

struct Parts {
    Layers stack; ///< of the chosen site, or the decoder
    Layers cross, encoder;
};

Parts partsOf(const AnalysisResult& result, const AttentionSite& site)
{
    Parts parts;
    if (site.kind != AttentionKind::Cross) {
        parts.stack = layersOf(result, SiteGroup::of(site));
        return parts;
    }
    parts.stack = layersOf(result, { AttentionKind::Decoder, site.tower });
    parts.cross = layersOf(result, SiteGroup::of(site));
    if (!parts.cross.empty())
        parts.encoder = encoderOf(result, *parts.cross.front());
    return parts;
}

std::optional<MixingGraph> graphOf(const Parts& parts, double residual)
{
    return parts.cross.empty() ? stackGraph(parts.stack, residual)
                               : pairGraph(parts.encoder, parts.stack, parts.cross, residual);
}

void addStack(FlowContent& content, const Layers& layers)
{
    const SiteGroup site = SiteGroup::of(layers.front()->site);
    content.levels.push_back({ site, -1, TokenAxis::keys(*content.result, *layers.front()), false });
    for (const auto& layer : layers)
        content.levels.push_back(
            { site, layer->site.layer, TokenAxis::queries(*content.result, *layer), false });
}

std::vector<double> startOf(const FlowContent& content)
{
    const auto count = std::size_t(content.graph.levels[std::size_t(content.start)]);
    if (content.queries.empty())
        return std::vector<double>(count, 1.0 / double(count));
    std::vector<double> start(count, 0.0);
    for (const int query : content.queries)
        start[std::size_t(query)] += 1.0 / double(content.queries.size());
    return start;
}

double sumOf(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Flows brought to sum one per level. A level and the memory beside it are brought to one together.
std::vector<std::vector<double>> normalised(const FlowContent& content)
{
    std::vector<std::vector<double>> shares = content.flows;
    const int second = content.secondStack();
    for (int level = 0; level < int(shares.size()); ++level) {
        double sum = sumOf(shares[std::size_t(level)]);
        if (content.pair() && level < second && std::size_t(second) < shares.size())
            sum += sumOf(content.flows[std::size_t(second)]);
        if (content.pair() && level == second)
            sum += sumOf(content.flows.front());
        if (sum > 0)
            for (double& share : shares[std::size_t(level)])
                share /= sum;
    }
    return shares;
}

void addFlow(FlowContent& content, const FlowRequest& request, const JobControl& control)
{
    if (!attentionFlowFits(content.graph, content.start)) {
        content.tooLong = attentionFlowLimit(content.graph, content.start);
        return;
    }
    content.flows = attentionFlow(content.graph, content.start, startOf(content), request.heads, control);
    content.shares = normalised(content);
    content.edges = strongestEdges(
        content.graph, content.start, content.shares, request.heads, FlowContent::edgesPerStep, control);
}

/// Each level gets the chosen tokens' mean row in the layer above it; every line is a weight of its layer.
void addRaw(FlowContent& content, const FlowRequest& request, const JobControl& control)
{
    content.shares.resize(content.levels.size());
    std::vector<std::vector<double>> ones(content.levels.size());
    for (std::size_t level = 0; level < ones.size(); ++level) {
        ones[level].assign(std::size_t(content.graph.levels[level]), 1.0);
        if (int(level) <= content.start)
            content.shares[level].assign(ones[level].size(), 0.0);
    }
    content.shares[std::size_t(content.start)] = startOf(content);
    const std::vector<double> start = startOf(content);
    const int second = content.secondStack();
    for (const MixingStep& step : content.graph.steps) {
        const bool encoder = content.pair() && step.upper < second; // other tokens than the chosen ones
        const bool below = content.pair() && step.lower == second - 1 && step.upper != content.start;
        if (step.upper > content.start || encoder || below)
            continue;
        std::vector<double>& share = content.shares[std::size_t(step.lower)];
        for (std::size_t row = 0; row < start.size(); ++row) {
            if (start[row] == 0.0)
                continue;
            const auto weights =
                joinedRows(step.layer, request.heads, std::int64_t(row), std::int64_t(row) + 1);
            for (std::size_t i = 0; i < weights.size(); ++i)
                share[i] += start[row] * weights[i];
        }
        control.report(0.0, "reading rows");
    }
    MixingGraph alone = content.graph;
    for (MixingStep& step : alone.steps) {
        step.attention = 1.0;
        step.stay = 0.0;
    }
    content.edges =
        strongestEdges(alone, content.start, ones, request.heads, FlowContent::edgesPerStep, control);
}

double weightsToRead(const FlowContent& content, const FlowRequest& request)
{
    double weights = 0;
    for (const MixingStep& step : content.graph.steps)
        if (step.upper <= content.start)
            weights += double(step.layer->queries) * double(step.layer->keys)
                * double(request.heads.heads.empty() ? step.layer->heads : int(request.heads.heads.size()));
    return weights;
}

} // namespace

QString id(FlowMethod method)
{
    return method == FlowMethod::Flow ? QStringLiteral("flow")
        : method == FlowMethod::Raw   ? QStringLiteral("raw")
                                      : QStringLiteral("rollout");
}

QString id(FlowHeads heads)
{
    return heads == FlowHeads::Max   ? QStringLiteral("max")
        : heads == FlowHeads::Chosen ? QStringLiteral("chosen")
                                     : QStringLiteral("mean");
}

FlowOptions FlowOptions::of(const QVariantMap& options)
{
    FlowOptions out;
    const QString method = options.value(QStringLiteral("method")).toString(),
                  heads = options.value(QStringLiteral("heads")).toString();
    for (const FlowMethod one : { FlowMethod::Rollout, FlowMethod::Flow, FlowMethod::Raw })
        if (method == id(one))
            out.method = one;
    for (const FlowHeads one : { FlowHeads::Mean, FlowHeads::Max, FlowHeads::Chosen })
        if (heads == id(one))
            out.heads = one;
    out.residual = std::clamp(options.value(QStringLiteral("residual"), out.residual).toDouble(), 0.0, 1.0);
    out.threshold =
        std::clamp(options.value(QStringLiteral("threshold"), out.threshold).toDouble(), 0.0, 1.0);
    return out;
}

FlowRequest::FlowRequest(const Scene& scene)
    : result(scene.result)
    , site(scene.selection.site())
    , queries(scene.selection.queries)
{
    const FlowOptions options = FlowOptions::of(scene.options);
    method = options.method;
    residual = method == FlowMethod::Raw ? 0.0 : options.residual;
    heads.join = options.heads == FlowHeads::Max ? HeadJoin::Max : HeadJoin::Mean;
    if (options.heads == FlowHeads::Chosen)
        heads = { scene.selection.join, scene.selection.heads };
    std::ranges::sort(queries);
}

double FlowContent::share(int level, int token) const
{
    const auto l = std::size_t(level), t = std::size_t(token);
    return l < shares.size() && t < shares[l].size() ? shares[l][t] : 0.0;
}

std::optional<double> FlowContent::flow(int level, int token) const
{
    const auto l = std::size_t(level), t = std::size_t(token);
    return l < flows.size() && t < flows[l].size() ? std::optional(flows[l][t]) : std::nullopt;
}

int FlowContent::answerLevel() const
{
    if (method != FlowMethod::Raw)
        return 0;
    return pair() ? secondStack() - 1 : std::max(0, start - 1);
}

int FlowContent::secondStack() const
{
    int level = 0;
    while (level < int(levels.size()) && levels[std::size_t(level)].stack == levels.front().stack)
        ++level;
    return level;
}

bool hasFlow(const AnalysisResult& result, const LayerAttention& layer)
{
    return result.trace && graphOf(partsOf(result, layer.site), 0.5).has_value();
}

FlowContent flowOutline(const FlowRequest& request)
{
    FlowContent content;
    content.method = request.method;
    if (!request.result || !request.result->trace)
        return content;
    const Parts parts = partsOf(*request.result, request.site);
    auto graph = graphOf(parts, request.residual);
    if (!graph)
        return content;
    content.result = request.result;
    content.graph = std::move(*graph);
    if (!parts.encoder.empty())
        addStack(content, parts.encoder);
    else if (!parts.cross.empty())
        content.levels.push_back({ SiteGroup::of(request.site), -1,
            TokenAxis::keys(*request.result, *parts.cross.front()), false });
    if (!parts.cross.empty())
        content.levels.back().memory = true;
    const int base = int(content.levels.size());
    addStack(content, parts.stack);
    content.start = std::min(base + request.site.layer + 1, int(content.levels.size()) - 1);
    content.queries = request.queries;
    std::erase_if(content.queries, [&](int query) {
        return query < 0 || query >= content.levels[std::size_t(content.start)].axis.count();
    });
    return content;
}

bool isPrompt(const FlowRequest& request)
{
    const FlowContent content = flowOutline(request);
    if (content.empty())
        return true;
    const bool network =
        request.method == FlowMethod::Flow && attentionFlowFits(content.graph, content.start);
    return weightsToRead(content, request) <= promptWeights
        && (!network || std::ranges::max(content.graph.levels) <= promptFlowTokens);
}

FlowContent flowContent(const FlowRequest& request, const JobControl& control)
{
    FlowContent content = flowOutline(request);
    if (content.empty())
        return content;
    if (request.method == FlowMethod::Flow) {
        addFlow(content, request, control);
    } else if (request.method == FlowMethod::Raw) {
        addRaw(content, request, control);
    } else {
        MixingShares out = rolloutFrom(content.graph, content.start, startOf(content), request.heads,
            FlowContent::edgesPerStep, control);
        content.shares = std::move(out.shares);
        content.edges = std::move(out.edges);
    }
    return content;
}

std::vector<MixingEdge> edgesBelow(
    const FlowContent& content, const FlowRequest& request, int level, int token)
{
    std::vector<MixingEdge> edges;
    for (std::size_t i = 0; i < content.graph.steps.size(); ++i) {
        MixingStep step = content.graph.steps[i];
        if (step.upper != level)
            continue;
        if (content.method == FlowMethod::Raw)
            step.attention = 1.0; // of the layer alone
        const auto weights = mixedRows(step, request.heads, token, token + 1);
        for (std::size_t to = 0; to < weights.size(); ++to)
            if (weights[to] > 0.0)
                edges.push_back(
                    { int(i), token, int(to), weights[to], weights[to] * content.share(level, token) });
    }
    std::ranges::sort(edges, std::greater(), &MixingEdge::weight);
    edges.resize(std::min(edges.size(), FlowContent::edgesPerStep));
    return edges;
}

QString levelTitle(const FlowContent& content, int level)
{
    const FlowLevel& l = content.levels[std::size_t(level)];
    QString name = l.layer < 0 ? tr("input") : tr("layer %1").arg(l.layer);
    if (content.pair())
        name = title(l.stack.kind == AttentionKind::Cross ? SiteGroup{ AttentionKind::Encoder, l.stack.tower }
                                                          : l.stack)
            + QStringLiteral(" · ") + (l.stack.kind == AttentionKind::Cross ? tr("output") : name);
    return name;
}

QString shortLevelTitle(const FlowContent& content, int level)
{
    const FlowLevel& l = content.levels[std::size_t(level)];
    if (l.stack.kind == AttentionKind::Cross)
        return tr("out");
    return l.layer < 0 ? tr("in") : QString::number(l.layer);
}

} // namespace headlight::ui
