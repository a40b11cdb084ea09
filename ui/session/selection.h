#pragma once
// What is chosen, shared by every view: pick a token here and all follow. A plain value; Session owns the one
// that counts and tells when it changed.

#include "core/trace/attention_map.h"

#include <memory>
#include <optional>
#include <vector>

namespace headlight {
struct AnalysisResult;
}

namespace headlight::ui {

struct Selection {
    AttentionKind kind = AttentionKind::Encoder;
    Tower tower = Tower::Only;
    int layer = 0;
    std::vector<int> heads{ 0 }; ///< one, or several joined
    HeadJoin join = HeadJoin::Mean;
    std::vector<int> queries; ///< chosen rows; several are summed by views that show one distribution
    std::optional<int>
        key; ///< chosen column: with one query, the chosen cell; in cross attention it may stand alone

    std::optional<int> query() const
    {
        return queries.empty() ? std::nullopt : std::optional(queries.front());
    }
    int head() const { return heads.front(); }
    AttentionSite site() const { return { kind, layer, tower }; }
    friend bool operator==(const Selection&, const Selection&) = default;
};

/// What is under the pointer; never changes the selection and never runs the model.
struct Hover {
    std::optional<int> layer, head, query, key;
    friend bool operator==(const Hover&, const Hover&) = default;
};

/// The layer a selection is in, or null when the result does not have it.
std::shared_ptr<const LayerAttention> layerOf(const AnalysisResult& result, const Selection& selection);
/// The chosen heads of the chosen layer; empty when the result does not have them.
AttentionMap mapOf(const AnalysisResult& result, const Selection& selection);
/// As much of `selection` as `result` has: another kind, layer or head only when it must be, tokens that are
/// gone dropped.
Selection clamped(Selection selection, const AnalysisResult& result);
/// What is chosen when nothing was yet: the last layer, seen from its first token ([CLS] where there is one),
/// the last one of a decoder, the first word that looks at an encoder, or the query behind the likeliest box.
Selection firstSelection(const AnalysisResult& result);
struct SiteGroup;
/// The same at one site; the default selection when the result does not have it.
Selection firstSelection(const AnalysisResult& result, SiteGroup site);

} // namespace headlight::ui
