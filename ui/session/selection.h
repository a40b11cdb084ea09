#pragma once
// What is chosen, shared by every view: pick a token here and all follow. A plain value; Session owns the one that
// counts and tells when it changed.

#include "core/trace/attention_map.h"

#include <optional>
#include <vector>

namespace headlight::ui {

struct Selection {
    AttentionKind kind = AttentionKind::Encoder;
    int layer = 0;
    std::vector<int> heads { 0 }; ///< one, or several joined
    HeadJoin join = HeadJoin::Mean;
    std::vector<int> queries; ///< chosen rows; several are summed by views that show one distribution
    std::optional<int> key; ///< chosen column: with one query, the chosen cell

    std::optional<int> query() const { return queries.empty() ? std::nullopt : std::optional(queries.front()); }
    int head() const { return heads.front(); }
    friend bool operator==(const Selection&, const Selection&) = default;
};

/// What is under the pointer; never changes the selection and never runs the model.
struct Hover {
    std::optional<int> layer, head, query, key;
    friend bool operator==(const Hover&, const Hover&) = default;
};

} // namespace headlight::ui
