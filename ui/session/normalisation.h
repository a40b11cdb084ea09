#pragma once
// What 1 on the colour bar stands for. Answered from the statistics and thumbnails a run left behind, never
// by making a whole map, so that it is cheap at any length. Plain functions: figures without a window use
// them too.

#include "core/engine/analysis.h"
#include "ui/session/display_settings.h"
#include "ui/session/token_axis.h"

namespace headlight::ui {

/// The colour bar's top for `map` under `display`: the largest weight shown of its head, layer or model,
/// or 1. Row normalisation has a top per row (rowTop); here it gives the head's. Never 0. Joined heads: the
/// largest of the thumbnails joined. Exact up to 64 tokens; above that, hidden tokens, joined words and
/// joined heads make it an estimate that a single weight may exceed (it is then drawn as the top).
float topOf(const AnalysisResult& result, const AttentionMap& map, const DisplaySettings& display);

/// The largest shown weight of one token's row, exact, after renormalising if that is chosen. Never 0.
float rowTop(const AnalysisResult& result, const AttentionMap& map, std::int64_t query,
    const DisplaySettings& display);

/// What a row of a map is multiplied with: 1, or 1 / the weight on the tokens that are shown when hidden ones
/// are renormalised away. `row` is the whole row, `keys` what its columns are.
float rowFactor(const TokenAxis& keys, std::span<const float> row, const DisplaySettings& display);

} // namespace headlight::ui
