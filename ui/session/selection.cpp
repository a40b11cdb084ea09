// Implements selection.h: where a selection leads in a result.

#include "ui/session/selection.h"

#include "core/engine/analysis.h"

#include <algorithm>

namespace headlight::ui {

std::shared_ptr<const LayerAttention> layerOf(const AnalysisResult& result, const Selection& selection)
{
    return result.trace ? result.trace->layer({ selection.kind, selection.layer }) : nullptr;
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
    auto layers = result.trace->layers(selection.kind);
    if (layers.empty()) {
        selection.kind = result.trace->layers().front()->site.kind;
        layers = result.trace->layers(selection.kind);
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
    if (selection.queries.empty() || (selection.key && (*selection.key < 0 || *selection.key >= layer->keys)))
        selection.key.reset();
    return selection;
}

Selection firstSelection(const AnalysisResult& result)
{
    Selection selection;
    if (!result.trace || result.trace->layers().empty())
        return selection;
    const auto& last = result.trace->layers().back();
    selection.kind = last->site.kind;
    selection.layer = last->site.layer;
    if (last->queries == 0)
        return selection;
    selection.queries = { 0 };
    const std::vector<float> row = AttentionMap(last, 0).row(0);
    float largest = -1;
    for (std::size_t key = 0; key < row.size(); ++key) {
        const bool special = key < result.tokens.size() && result.tokens[key].special;
        if (!special && row[key] > largest) {
            largest = row[key];
            selection.key = int(key);
        }
    }
    return selection;
}

} // namespace headlight::ui
