#pragma once
// Attention whose positions are added to queries and keys anew in every layer. Source: Carion et al. 2020
// (DETR).

#include "core/nn/attention.h"

namespace headlight {

/// Positions are added to queries and keys, never to values.
struct PlacedAttention {
    Linear query, key, value, output;
    Heads heads;

    static PlacedAttention load(
        ParameterSource& source, const std::string& name, std::int64_t width, Heads heads)
    {
        return { Linear::load(source, name + ".q_proj", width, width),
            Linear::load(source, name + ".k_proj", width, width),
            Linear::load(source, name + ".v_proj", width, width),
            Linear::load(source, name + ".out_proj", width, width), std::move(heads) };
    }
    struct Seen {
        const Var &states, &positions;
        const Packing& packing;
    };
    /// Shapes: queries [ΣT,E], seen [ΣS,E] → [ΣT,E].
    Var operator()(const Seen& queries, const Seen& seen, Run& run) const
    {
        const Var q = query(add(queries.states, queries.positions), run),
                  k = key(add(seen.states, seen.positions), run);
        return output(
            heads(q, k, value(seen.states, run), { queries.packing, seen.packing, nullptr, nullptr }, run),
            run);
    }
};

} // namespace headlight
