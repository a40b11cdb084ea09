#pragma once
// What one layer's attention left behind, and where in the model it happened.

#include "core/trace/head_summary.h"
#include "core/trace/weight_source.h"

#include <compare>
#include <functional>
#include <map>
#include <string>

namespace headlight {

/// What looks at what.
enum class AttentionKind {
    Encoder, ///< self attention of an encoder (BERT, ViT, an encoder of a pair)
    Decoder, ///< causal self attention
    Cross, ///< a decoder looking at its encoder
};

/// Models of two towers (CLIP, BLIP) run one beside the other; all others have one.
enum class Tower { Only, Text, Vision };

struct AttentionSite {
    AttentionKind kind = AttentionKind::Encoder;
    int layer = 0;
    Tower tower = Tower::Only;
    friend auto operator<=>(const AttentionSite&, const AttentionSite&) = default;
};

/// Attention inside windows only (Swin): the tokens of each window, in the window's own order.
struct Windows {
    std::vector<std::vector<std::int64_t>> tokens;
    /// The grid of cells that is cut into windows; its last ones may lie beyond the picture.
    std::int64_t rows = 0, columns = 0;
    std::int64_t cell = 1; ///< patches along a side of a cell
    bool apart = false; ///< the reference writes each window by itself, its number behind the layer's name; they may differ in size
};

/// What scores and contexts are made of, as the mechanism was given it (rotated, cached ones included).
struct AttentionRows {
    Tensor queries, keys, values; ///< [T,H·D], [S,K·D], [S,K·Dv]
    std::size_t bytes() const { return queries.bytes() + keys.bytes() + values.bytes(); }
};

struct LayerAttention {
    AttentionSite site;
    int heads = 0;
    std::int64_t queries = 0, keys = 0;
    std::shared_ptr<const WeightSource> source;
    std::vector<HeadSummary> summaries; ///< one per head
    /// All weights, when the request asked for them and they are dense: [H,T,S]. Empty: the source makes them.
    Tensor maps;
    /// d target / d weights, when the request asked for it: [H,T,S], or [windows,H,n,n].
    Tensor gradient;
    /// Heads that share one key head (grouped queries); 1: each has its own.
    int queryGroup = 1;
    /// Each head has a sink that takes a share of every row (RowStatistics::sink) without being a key.
    bool sinks = false;
    /// Which keys a query may see, where windows are a matter of layers: "full", "sliding 512", "±64". Empty: not known.
    std::string span;
    /// What else sets this layer apart: "no positions". Empty: nothing.
    std::string note;
    /// Null unless tokens attend inside windows; cells across windows are 0.
    std::shared_ptr<const Windows> windows;
    /// "stage 0, block 1", where a number alone does not say it; empty otherwise.
    std::string title;
    /// The reference's names of this layer ("block_attentions.0.1"), when they do not follow from the site.
    std::vector<std::string> exportNames;
    /// Kept when the request asked for it, so that a longer text that begins alike need not be read from its start.
    std::shared_ptr<const AttentionRows> rows;
    /// How the reference writes this layer when it is neither a dense map nor windows: tensors by name.
    std::function<std::map<std::string, Tensor>()> exported;
};

} // namespace headlight
