#pragma once
// What belongs to a row of a map without being a weight of it: the share that the head's sink takes, and the
// experts that the token's feed-forward part took.

#include "core/engine/analysis.h"
#include "ui/session/shown_tokens.h"

#include <QString>

namespace headlight::ui {

/// Of the row of `query`; nothing where the layer has no sinks. Heads joined by their mean have the mean
/// share, those joined by their maximum the largest one.
std::optional<float> sinkShare(const AttentionMap& map, std::int64_t query);
/// The same of a shown row: pieces of a word have the mean of their shares.
std::optional<float> sinkShare(const AttentionMap& map, const ShownTokens& rows, int place);
/// Mean over all rows of the map; nothing where the layer has no sinks.
std::optional<float> sinkShare(const AttentionMap& map);
/// "34 %"
QString shareText(float share);

/// Null where the layer has none, or others than the map has rows.
std::shared_ptr<const ExpertChoice> expertsOf(const AnalysisResult& result, const LayerAttention& layer);
/// "3 (0.62), 1 (0.38)": experts and their weights, best first.
QString expertsText(const ExpertChoice& choice, std::int64_t token);

} // namespace headlight::ui
