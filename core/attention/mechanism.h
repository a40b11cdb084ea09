#pragma once
// An attention mechanism turns queries, keys and values into contexts, and says how its weights come back from what it
// recorded. Adding one is one file and one line in mechanisms.cpp.

#include "core/attention/score_bias.h"
#include "core/attention/span.h"
#include "core/autodiff/operations.h"
#include "core/trace/attention_steps.h"
#include "core/trace/layer_attention.h"

namespace headlight {

/// Tokens that see every key and are seen by every query, through projections of their own where they are the queries.
/// Source: Beltagy et al. 2020 (Longformer), §3.1.
struct GlobalTokens {
    std::vector<std::vector<std::int64_t>> tokens; ///< per sequence, ascending
    Var q; ///< [Σg, H·D], the rows of these tokens only; empty without any, as k and v
    Var k, v; ///< [ΣS, H·D], what they look at
    /// How the reference lays such maps out: keys on either side of a token, and the length padded to whole windows.
    std::int64_t radius = 0, paddedLength = 0;
};

/// Shapes: q [ΣT, H·D], k [ΣS, K·D], v [ΣS, K·Dv], heads side by side, sequences packed one after the other.
struct AttentionInputs {
    Var q, k, v;
    int heads = 1;
    /// K; 0 means H. Each key head serves H/K query heads in a row. Source: Ainslie et al. 2023 (grouped queries).
    int keyHeads = 0;
    float scale = 1.0f; ///< of the dot products; 1/√D in Vaswani et al. 2017
    float softCap = 0.0f; ///< c: scores become c·tanh(score/c) before the mask (Gemma 2); 0: no cap
    std::shared_ptr<const Span> span = globalSpan();
    std::shared_ptr<const ScoreBias> bias; ///< null: none
    /// First row of each sequence in q and in k/v, and the ends: n+1 numbers each.
    std::vector<std::int64_t> queryBegins, keyBegins;
    /// Per sequence, 1 where a key may be seen; an empty one: all may.
    std::vector<std::vector<std::uint8_t>> keyMasks;
    /// [H]: one more score per head in the softmax of every row, which is no key: rows then sum to less than one.
    /// Source: OpenAI 2025 (gpt-oss model card). Empty: none.
    Var sinks;
    /// The sequences are the windows of one map (q and k rows in the windows' order), and are recorded as that map.
    std::shared_ptr<const Windows> windows;
    std::shared_ptr<const GlobalTokens> globals; ///< null: none
    /// First queries of a single sequence whose contexts are known already: they are recorded, and left out of the
    /// context. Without a tape only.
    std::int64_t known = 0;

    int keyHeadCount() const { return keyHeads == 0 ? heads : keyHeads; }
    int keyHead(int head) const { return head / (heads / keyHeadCount()); }
};

struct AttentionOutput {
    Var context; ///< [ΣT−known, H·Dv]
    /// With a tape: all maps on it, flat: per sequence [H,T,S].
    Var weights;
    /// With record, for a single sequence or its windows: how to get the weights back, and the summaries.
    std::shared_ptr<const WeightSource> source;
    std::vector<HeadSummary> summaries;
    Tensor maps; ///< with maps: [H,T,S]; empty where the mechanism has none that are dense
    /// With steps, beside record: how each weight came about.
    std::shared_ptr<const StepSource> steps;
    /// Of a recorded layer: how the reference writes it, where that is no dense map. Null: it is one.
    std::function<std::map<std::string, Tensor>(int layer)> exported;
};

struct AttentionRequest {
    bool record = false;
    /// Differentiate: weights are materialised and stand on this tape, as a leaf if nothing before them is tracked.
    Tape* tape = nullptr;
    bool steps = false; ///< keep what the stages need; only with `record`
    bool maps = false; ///< write all weights out while they are at hand; only with `record` and without a tape
};

class AttentionMechanism {
public:
    virtual ~AttentionMechanism() = default;
    virtual std::string_view id() const = 0;
    /// "softmax of scaled dot products"
    virtual std::string_view title() const = 0;
    /// Where it was first described.
    virtual std::string_view paper() const = 0;
    /// True when every row of weights, with the share of a sink, sums to one.
    virtual bool stochastic() const = 0;
    virtual AttentionOutput attend(const AttentionInputs& inputs, const AttentionRequest& request) const = 0;
};

/// All mechanisms; the list is in mechanisms.cpp.
std::span<const AttentionMechanism* const> mechanisms();
/// Null for an unknown id.
const AttentionMechanism* mechanism(std::string_view id);

/// One file each.
const AttentionMechanism& softmaxDot();
/// Softmax over a window and `AttentionInputs::globals`; without these as softmaxDot.
const AttentionMechanism& windowGlobal();

/// context = weights·v, on the tape of the weights: for mechanisms that put maps together from several parts.
/// Shapes: weights flat as AttentionOutput::weights → [ΣT, H·Dv].
Var weightedValues(const AttentionInputs& inputs, const Var& weights);

} // namespace headlight
