#pragma once
// What detectors have on top: a few linear maps from a query's state to its class or box.

#include "core/models/model.h"
#include "core/nn/layers.h"

namespace headlight {

/// Three linear maps with rectifiers between. Parameters: "<name>.layers.{0,1,2}". Shapes: [n,E] → [n,out].
struct DetectionHead {
    std::array<Linear, 3> layers;

    static DetectionHead load(ParameterSource& source, const std::string& name, std::int64_t width, std::int64_t out)
    {
        return { { Linear::load(source, name + ".layers.0", width, width), Linear::load(source, name + ".layers.1", width, width),
            Linear::load(source, name + ".layers.2", width, out) } };
    }
    Var operator()(const Var& x, Run& run) const
    {
        const Var first = activate(Activation::Relu, layers[0](x, run));
        return layers[2](activate(Activation::Relu, layers[1](first, run)), run);
    }
};

} // namespace headlight
