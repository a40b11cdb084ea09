#pragma once
// One attention layer's whole computation as the run did it: projections, rotation, the mechanism's own
// stages, the map that joins the heads, and the sum it ends in. Kept on request only (TraceRequest::steps).

#include "core/trace/attention_steps.h"
#include "core/trace/layer_attention.h"

#include <array>
#include <set>

namespace headlight {

/// y = x·Wᵀ + b as it was computed. Shapes: input [T,in], weight [out,in] ([in,out] when transposed), bias
/// [out] or empty.
struct MapRecord {
    Tensor input, weight, bias;
    bool transposed = false;
    std::string name; ///< of the weight: "encoder.layer.0.attention.self.query.weight"
    /// Where one number came from. Shapes: → `in` products and the bias.
    Arithmetic explain(std::int64_t row, std::int64_t column) const;
    bool empty() const { return weight.empty(); }
};

/// How q, k or v was made: a map, columns of it where it makes several at once, and norms on the way.
struct ProjectionRecord {
    MapRecord map;
    std::vector<std::int64_t> columns; ///< of the map's outcome; empty: all, in order
    std::vector<std::string> norms; ///< "root-mean-square norm", after the map
    /// `result` is what the run has for (row, column).
    Arithmetic explain(std::string_view letter, std::int64_t row, std::int64_t column, float result) const;
};

/// Queries and keys before their positions turned them. Shapes: [T,H·D], [S,K·D]; tables [T,pairs].
struct RotationRecord {
    Tensor query, key, cosines, sines;
    bool neighbours = false; ///< pairs are 2i, 2i+1; else i, i + pairs
    bool empty() const { return query.empty(); }
    /// Number `column` (within its head) of a head that begins at `offset`, of the turned vector in row
    /// `row`.
    Arithmetic explain(
        const Tensor& before, std::int64_t row, std::int64_t offset, std::int64_t column, float result) const;
};

/// Something that was done to the outcome before it was added: a norm, a factor, rows put back in order.
struct BetweenRecord {
    std::string name;
    Tensor result; ///< [T,E]
    /// Row i of the result was row order[i] before; empty: as they were.
    std::vector<std::int64_t> order;
};

struct LayerComputation {
    AttentionSite site;
    int heads = 1, keyHeads = 1;
    std::shared_ptr<const StepSource> attention;
    std::array<ProjectionRecord, 3> projections; ///< of query, key, value
    RotationRecord rotation;
    Tensor context; ///< [T,H·Dv]
    MapRecord output; ///< W_O; empty when the run did not tell
    Tensor outcome; ///< [T,E] of W_O
    std::vector<BetweenRecord> between;
    /// What the outcome was added to, and the sum; empty when the run did not tell. Shapes: [T,E].
    Tensor residual, sum;
    Tensor beside; ///< added in the same sum (a feed-forward part that ran at once), or empty

    int keyHead(int head) const { return head / (heads / keyHeads); }
    /// All stages of one head and query.
    AttentionSteps steps(int head, std::int64_t query) const;
    std::size_t bytes() const;
};

/// Whose computation a run keeps.
struct StepsRequest {
    bool all = false;
    std::set<int> layers; ///< numbers as in AttentionSite
    bool any() const { return all || !layers.empty(); }
    bool keeps(int layer) const { return all || layers.contains(layer); }
    friend bool operator==(const StepsRequest&, const StepsRequest&) = default;
};

} // namespace headlight
