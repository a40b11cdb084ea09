#pragma once
// One layer of a decoder: attention and feed-forward, and the ways families put norms and sums between them.

#include "core/nn/attention.h"

#include <map>

namespace headlight {

/// q, k and v of a layer: by a linear map each, by one joint map whose columns are shared out, or by a way of its own.
struct Projections {
    Linear query = {}, key = {}, value = {}; ///< without a value: what the key's map makes is both
    struct Joint {
        Linear map;
        std::vector<ColumnRange> query, key, value;
    };
    std::optional<Joint> joint = {};

    struct Columns {
        Var q, k, v;
    };
    std::function<Columns(const Var& x, Run& run)> own = {}; ///< instead of all of these (latent attention)
    Columns operator()(const Var& x, Run& run) const;

    /// All of q, then all of k, then all of v. Shapes: q [ΣT,H·D], k, v [ΣT,K·D].
    static Projections sideBySide(Linear map, std::int64_t heads, std::int64_t keyHeads, std::int64_t headSize);
    /// Group by group: its queries, its key, its value (one group per key head).
    static Projections grouped(Linear map, std::int64_t heads, std::int64_t keyHeads, std::int64_t headSize);
};

/// A norm of queries or keys before they turn.
struct HeadNorm {
    enum class Over {
        EachHead,
        Whole, ///< all heads of a token at once
    };
    std::vector<Norm> norms = {}; ///< none; one for all; or one per head
    Over over = Over::EachHead;
    ParameterRef weights = {}; ///< [H,D]: of every head its own, after a norm of all; null: none
    /// Shapes: x [ΣT,H·D] → same.
    Var operator()(const Var& x, std::int64_t headSize, Run& run) const;

private:
    Var weighed(const Var& x, Run& run) const;
};

/// Keys (not turned yet) and values that layers leave for later ones of the same pass, by layer.
using SharedRows = std::map<int, Projections::Columns>;

struct DecoderLayer {
    enum class Sums {
        InTurn, ///< y = x + attention(norm x); y + forward(norm y)
        AtOnce, ///< x + attention(norm x) + forward(norm x): GPT-J, GPT-NeoX, Falcon, Phi
        BeforeNorms, ///< y = norm(x + attention x); norm(y + forward y): as BERT, OPT-350m
        OntoNorms, ///< y = norm x + attention(norm x); norm y + forward(norm y): a variant of BLOOM
    };
    Sums sums = Sums::InTurn;
    /// Before each part; without `beforeForward`, AtOnce gives both parts the same. Empty: x as it is.
    std::optional<Norm> beforeAttention = {}, beforeForward = {};
    /// Of each part's outcome, before it is added (Gemma 2).
    std::optional<Norm> afterAttention = {}, afterForward = {};
    float branchScale = 1.0f; ///< of each part's outcome, after its norm

    Projections projections = {};
    HeadNorm queryNorm = {}, keyNorm = {}, valueNorm = {};
    bool leavesRows = false; ///< for later layers
    std::optional<int> rowsOf = {}; ///< takes keys and values from this layer
    Heads heads = {};
    Linear output = {};
    std::function<Var(const Var&, Run&)> forward = {}; ///< [ΣT,E] → [ΣT,E]

    /// What changes from pass to pass.
    struct Pass {
        const Packing& packing;
        const RotaryAngles* angles; ///< null: positions do not turn here
        std::shared_ptr<const ScoreBias> bias; ///< null: none
        std::shared_ptr<const Span> span = {}; ///< in place of the heads' own; null: that
        SharedRows* shared = nullptr; ///< null: no layer leaves any
    };
    /// Shapes: x [ΣT,E] → [ΣT,E].
    Var operator()(const Var& x, const Pass& pass, Run& run) const;

private:
    Projections::Columns columns(const Var& normed, const Pass& pass, Run& run) const;
    Var attend(const Var& normed, const Pass& pass, Run& run) const;
    Var feed(const Var& normed, Run& run) const;
    /// norm and branchScale
    Var branch(Var x, const std::optional<Norm>& norm, Run& run) const;
};

} // namespace headlight
