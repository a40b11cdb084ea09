#include "core/explain/attention_flow.h"

#include "core/base/check.h"
#include "core/explain/max_flow.h"

namespace headlight {
namespace {

/// Edges × targets: some seconds.
constexpr double mostWork = 8.0e8;
constexpr double unit = 1.0 / double(std::int64_t(1) << 40);

MaxFlow::Units unitsOf(double capacity)
{
    return MaxFlow::Units(std::llround(capacity / unit));
}

/// Edges of the graph between levels that are at least `lowest`, times the targets there, over all levels.
double workOf(const MixingGraph& graph, int level)
{
    double work = 0, edges = 0;
    for (int target = level - 1; target >= 0; --target) {
        for (const MixingStep& step : graph.steps)
            if (step.lower == target && step.upper <= level)
                edges += double(step.layer->queries) * double(step.layer->keys);
        work += edges * double(graph.levels[std::size_t(target)]);
    }
    return work;
}

std::vector<int> firstNodes(const MixingGraph& graph)
{
    std::vector<int> first{ 1 }; // 0 is the source
    for (const std::int64_t count : graph.levels)
        first.push_back(first.back() + int(count));
    return first;
}

/// Adds a step's edges; what can arrive at each lower token by them goes into `arriving`.
void addStep(MaxFlow& network, const MixingStep& step, const HeadMixing& heads, const std::vector<int>& first,
    std::vector<MaxFlow::Units>& arriving)
{
    const std::int64_t keys = step.layer->keys;
    const std::vector<double> rows = mixedRows(step, heads, 0, step.layer->queries);
    for (std::int64_t i = 0; i < std::int64_t(rows.size()); ++i)
        if (const MaxFlow::Units capacity = unitsOf(rows[std::size_t(i)]); capacity > 0) {
            network.addEdge(first[std::size_t(step.upper)] + int(i / keys),
                first[std::size_t(step.lower)] + int(i % keys), capacity);
            arriving[std::size_t(i % keys)] += capacity;
        }
}

} // namespace

bool attentionFlowFits(const MixingGraph& graph, int level)
{
    return workOf(graph, level) <= mostWork;
}

std::int64_t attentionFlowLimit(const MixingGraph&, int level)
{
    const double pairs = std::max(1.0, double(level) * (level + 1) / 2);
    return std::int64_t(std::cbrt(mostWork / pairs));
}

std::vector<std::vector<double>> attentionFlow(const MixingGraph& graph, int level,
    std::span<const double> start, const HeadMixing& heads, const JobControl& control)
{
    HEADLIGHT_CHECK(
        level >= 0 && level <= graph.top(), fmt::format("level {} of {}", level, graph.levels.size()));
    HEADLIGHT_CHECK(
        std::int64_t(start.size()) == graph.levels[std::size_t(level)], "a start of another length");
    HEADLIGHT_CHECK(attentionFlowFits(graph, level), "a flow that is too large");
    const std::vector<int> first = firstNodes(graph);
    MaxFlow network(first.back());
    MaxFlow::Units given = 0;
    for (std::size_t token = 0; token < start.size(); ++token)
        if (const MaxFlow::Units capacity = unitsOf(start[token]); capacity > 0) {
            network.addEdge(0, first[std::size_t(level)] + int(token), capacity);
            given += capacity;
        }
    std::vector<std::vector<double>> flows(graph.levels.size());
    flows[std::size_t(level)].assign(start.begin(), start.end());
    // Downwards: the edges of a level are there before its tokens are targets, those below are not yet.
    for (int target = level - 1; target >= 0; --target) {
        const auto count = std::size_t(graph.levels[std::size_t(target)]);
        std::vector<MaxFlow::Units> arriving(count, 0);
        for (const MixingStep& step : graph.steps)
            if (step.lower == target && step.upper <= level)
                addStep(network, step, heads, first, arriving);
        std::vector<double>& flow = flows[std::size_t(target)];
        flow.resize(count);
        for (std::size_t token = 0; token < count; ++token) {
            control.report(
                double(level - 1 - target) / double(level), fmt::format("flow to level {}", target));
            const int sink = first[std::size_t(target)] + int(token);
            flow[token] = double(network.run(0, sink, std::min(given, arriving[token]))) * unit;
        }
    }
    return flows;
}

} // namespace headlight
