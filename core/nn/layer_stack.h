#pragma once
// Layers one on the other, announced and recorded the same way in every model.

#include "core/nn/run.h"

namespace headlight {

struct LayerStack {
    AttentionSite site; ///< kind and tower
    int layers = 0;
    int before = 0, all = 0; ///< layers of the model that ran before, and all of them, for the progress
    std::function<Var(int index, const Var& x)> layer;
    std::function<Var(const Var& x)> finish = {}; ///< the last norm; none if empty
};

/// Runs the layers over `x` and records the states between them, the last one after the last norm.
Var runStack(Var x, const LayerStack& stack, Run& run);

} // namespace headlight
