#pragma once
// The attention of one layer: projections, heads, positions inside the scores, recording and the cache. Families fill
// in what they have and leave the rest at its default.

#include "core/attention/mechanism.h"
#include "core/nn/layers.h"
#include "core/nn/rope.h"

namespace headlight {

/// Everything after the projections, shared by self and cross attention.
struct Heads {
    AttentionSite site;
    int heads = 1;
    int keyHeads = 0; ///< 0: as many as heads
    float scale = 0.0f; ///< 0: 1/√(head size)
    float softCap = 0.0f; ///< 0: none
    std::shared_ptr<const Span> span = globalSpan();
    ParameterRef sinks = nullptr; ///< [heads], a score each that takes part in every softmax without being a key; null: none
    std::string title = {}; ///< of the recorded layer, as its exportNames and its note
    std::string note = {};
    std::vector<std::string> exportNames = {};

    /// What changes from pass to pass.
    struct Pass {
        const Packing& queries;
        const Packing& keys;
        std::shared_ptr<const ScoreBias> bias; ///< null: none
        std::shared_ptr<const Windows> windows; ///< null: none
        std::shared_ptr<const GlobalTokens> globals = {}; ///< null: none
        std::int64_t known = 0; ///< first queries whose contexts nobody needs: they are recorded only
        std::shared_ptr<const Span> span = {}; ///< in place of the heads' own; null: that
    };
    /// Shapes: q [ΣT,H·D], k [ΣS,K·D], v [ΣS,K·Dv] → [ΣT−known,H·Dv]. Records the layer if the run wants it.
    Var operator()(const Var& q, const Var& k, const Var& v, const Pass& pass, Run& run) const;
};

/// Self attention from separate projections. Optional parts stay empty.
struct SelfAttention {
    Linear query, key, value, output;
    Heads heads;
    std::optional<Norm> queryNorm = {}, keyNorm = {}; ///< over each head's numbers, before the rotation
    std::optional<Linear> joint = {}; ///< in place of query, key and value: all three side by side, of one width
    /// Shapes: x [ΣT,E] → [ΣT,E]. `angles` of the packed rows, null without rotary positions.
    Var operator()(const Var& x, const Packing& packing, Run& run, const std::shared_ptr<const ScoreBias>& bias = nullptr,
        const RotaryAngles* angles = nullptr) const;
};

/// Self attention after a family's own projections: rotates, appends to the cache of a decoder or to the beginning that
/// is known, attends.
/// Shapes: q [ΣT,H·D], k, v [ΣT,K·D] → [ΣT,H·D].
Var selfAttend(const Heads& heads, Var q, Var k, Var v, const Heads::Pass& pass, const RotaryAngles* angles, Run& run);

/// A decoder looking at its encoder's states; keys and values are made once per text that is written.
struct CrossAttention {
    Linear query, key, value, output;
    Heads heads;
    std::optional<Linear> joint = {}; ///< in place of key and value: both side by side, of one width
    /// Shapes: x [ΣT,E], states [ΣS,Es] → [ΣT,E].
    Var operator()(const Var& x, const Packing& packing, const Var& states, const Packing& encoder, Run& run) const;

private:
    struct KeysAndValues {
        Var keys, values;
    };
    KeysAndValues keysAndValues(const Var& states, Run& run) const;
};

} // namespace headlight
