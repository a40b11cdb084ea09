// Implements selection.h: where a selection leads in a result.

#include "ui/session/selection.h"

#include "ui/session/sites.h"

#include <algorithm>

namespace headlight::ui {
namespace {

/// The row a person most likely wants to see first.
int firstQuery(const AnalysisResult& result, const LayerAttention& layer)
{
    if (!result.boxes.empty() && result.boxes.front().token < layer.queries
        && layer.site.kind != AttentionKind::Decoder)
        return int(result.boxes.front().token);
    if (layer.site.kind == AttentionKind::Decoder)
        return int(layer.queries) - 1; // the first token sees nothing but itself
    if (layer.site.kind == AttentionKind::Encoder)
        return 0;
    const TokenAxis axis = TokenAxis::queries(result, layer);
    for (int token = 0; token < axis.count(); ++token) {
        if (!axis.special(token))
            return token;
    }
    return 0;
}

/// The key that is not special and gets most of a row.
std::optional<int> strongestKey(const AnalysisResult& result, const AttentionMap& map, int query)
{
    const TokenAxis keys = TokenAxis::keys(result, map.layer());
    const std::vector<float> row = map.row(query);
    std::optional<int> strongest;
    float largest = 0;
    for (std::size_t key = 0; key < row.size(); ++key) {
        if (!keys.special(int(key)) && row[key] > largest) {
            largest = row[key];
            strongest = int(key);
        }
    }
    return strongest;
}

Selection seenFrom(const AnalysisResult& result, const std::shared_ptr<const LayerAttention>& layer)
{
    Selection selection;
    selection.kind = layer->site.kind;
    selection.tower = layer->site.tower;
    selection.layer = layer->site.layer;
    if (layer->queries == 0 || layer->heads == 0)
        return selection;
    selection.queries = { firstQuery(result, *layer) };
    selection.key = strongestKey(result, AttentionMap(layer, 0), selection.queries.front());
    return selection;
}

} // namespace

std::shared_ptr<const LayerAttention> layerOf(const AnalysisResult& result, const Selection& selection)
{
    return result.trace ? result.trace->layer(selection.site()) : nullptr;
}

AttentionMap mapOf(const AnalysisResult& result, const Selection& selection)
{
    const auto layer = layerOf(result, selection);
    const auto exists = [&](int head) { return head >= 0 && head < layer->heads; };
    if (!layer || selection.heads.empty()
        || !std::all_of(selection.heads.begin(), selection.heads.end(), exists))
        return {};
    return { layer, selection.heads, selection.join };
}

Selection clamped(Selection selection, const AnalysisResult& result)
{
    if (!result.trace || result.trace->layers().empty())
        return {};
    auto layers = layersOf(result, SiteGroup::of(selection));
    if (layers.empty()) {
        const SiteGroup site = sitesOf(result).front();
        selection.kind = site.kind;
        selection.tower = site.tower;
        layers = layersOf(result, site);
    }
    if (!layerOf(result, selection))
        selection.layer = std::clamp(selection.layer, layers.front()->site.layer, layers.back()->site.layer);
    auto layer = layerOf(result, selection);
    if (!layer) { // a trace that keeps a part of the layers
        layer = layers.front();
        selection.layer = layer->site.layer;
    }
    std::erase_if(selection.heads, [&](int head) { return head < 0 || head >= layer->heads; });
    if (selection.heads.empty())
        selection.heads = { 0 };
    std::erase_if(selection.queries, [&](int query) { return query < 0 || query >= layer->queries; });
    const bool alone = selection.queries.empty() && selection.kind != AttentionKind::Cross;
    if (alone || (selection.key && (*selection.key < 0 || *selection.key >= layer->keys)))
        selection.key.reset();
    return selection;
}

Selection firstSelection(const AnalysisResult& result)
{
    if (!result.trace || result.trace->layers().empty())
        return {};
    return seenFrom(result, result.trace->layers().back());
}

Selection firstSelection(const AnalysisResult& result, SiteGroup site)
{
    const auto layers = layersOf(result, site);
    return layers.empty() ? Selection() : seenFrom(result, layers.back());
}

} // namespace headlight::ui
