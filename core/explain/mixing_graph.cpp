#include "core/explain/mixing_graph.h"

#include "core/base/check.h"

#include <numeric>

namespace headlight {
namespace {

using Layers = std::span<const std::shared_ptr<const LayerAttention>>;

bool isStack(Layers layers)
{
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const LayerAttention& layer = *layers[i];
        if (layer.site.layer != int(i) || layer.heads == 0 || layer.queries == 0
            || layer.queries != layer.keys || layer.queries != layers.front()->queries)
            return false;
    }
    return !layers.empty();
}

void checkShare(double residual)
{
    HEADLIGHT_CHECK(residual >= 0.0 && residual <= 1.0, fmt::format("a residual share of {}", residual));
}

void addStack(MixingGraph& graph, Layers layers, double residual)
{
    graph.levels.push_back(layers.front()->queries);
    for (const auto& layer : layers) {
        const int lower = graph.top();
        graph.levels.push_back(layer->queries);
        graph.steps.push_back({ lower + 1, lower, layer, 1.0 - residual, residual });
    }
}

std::shared_ptr<const LayerAttention> ofLayer(Layers layers, int number)
{
    const auto found = std::ranges::find_if(layers, [&](const auto& l) { return l->site.layer == number; });
    return found == layers.end() ? nullptr : *found;
}

void highestFirst(MixingGraph& graph)
{
    std::ranges::stable_sort(
        graph.steps, [](const MixingStep& a, const MixingStep& b) { return a.upper > b.upper; });
}

std::vector<int> headsOf(const LayerAttention& layer, const HeadMixing& mixing)
{
    std::vector<int> heads;
    for (const int head : mixing.heads)
        if (head >= 0 && head < layer.heads)
            heads.push_back(head);
    if (heads.empty()) {
        heads.resize(std::size_t(layer.heads));
        std::iota(heads.begin(), heads.end(), 0);
    }
    return heads;
}

} // namespace

std::optional<MixingGraph> stackGraph(Layers layers, double residual)
{
    checkShare(residual);
    if (!isStack(layers))
        return std::nullopt;
    MixingGraph graph;
    addStack(graph, layers, residual);
    highestFirst(graph);
    return graph;
}

std::optional<MixingGraph> pairGraph(Layers encoder, Layers decoder, Layers cross, double residual)
{
    checkShare(residual);
    if (!isStack(decoder) || cross.empty() || (!encoder.empty() && !isStack(encoder)))
        return std::nullopt;
    const std::int64_t memory = cross.front()->keys, written = decoder.front()->queries;
    for (const auto& layer : cross)
        if (layer->keys != memory || layer->queries != written || layer->heads == 0 || memory == 0)
            return std::nullopt;
    if (!encoder.empty() && encoder.front()->queries != memory)
        return std::nullopt;
    MixingGraph graph;
    if (encoder.empty())
        graph.levels.push_back(memory);
    else
        addStack(graph, encoder, residual);
    const int memoryLevel = graph.top();
    const std::size_t own = graph.steps.size();
    addStack(graph, decoder, residual);
    for (std::size_t i = 0; i < decoder.size(); ++i) {
        const auto looks = ofLayer(cross, int(i));
        if (!looks)
            continue; // a layer that does not look at the encoder
        MixingStep& self = graph.steps[own + i];
        self.attention *= residual;
        self.stay *= residual;
        graph.steps.push_back({ self.upper, memoryLevel, looks, 1.0 - residual, 0.0 });
    }
    highestFirst(graph);
    return graph;
}

std::vector<double> joinedRows(const std::shared_ptr<const LayerAttention>& layer, const HeadMixing& mixing,
    std::int64_t first, std::int64_t last)
{
    const AttentionMap map(layer, headsOf(*layer, mixing), mixing.join);
    const Tensor block = map.block({ first, last, 0, layer->keys });
    std::vector<double> rows(block.floats().begin(), block.floats().end());
    const auto keys = std::size_t(layer->keys);
    for (std::size_t begin = 0; begin < rows.size(); begin += keys) {
        const std::span<double> row(rows.data() + begin, keys);
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        if (sum > 0.0)
            for (double& weight : row)
                weight /= sum;
    }
    return rows;
}

std::vector<double> mixedRows(
    const MixingStep& step, const HeadMixing& mixing, std::int64_t first, std::int64_t last)
{
    std::vector<double> rows = joinedRows(step.layer, mixing, first, last);
    const std::int64_t keys = step.layer->keys;
    const bool square = keys == step.layer->queries && step.layer->site.kind != AttentionKind::Cross;
    for (std::int64_t row = first; row < last; ++row) {
        const std::span<double> weights(rows.data() + (row - first) * keys, std::size_t(keys));
        const bool masked = std::ranges::all_of(weights, [](double weight) { return weight == 0.0; });
        for (double& weight : weights)
            weight *= step.attention;
        if (square)
            weights[std::size_t(row)] += step.stay + (masked ? step.attention : 0.0);
    }
    return rows;
}

} // namespace headlight
