#include "core/nn/layer_stack.h"

namespace headlight {

Var runStack(Var x, const LayerStack& stack, Run& run)
{
    AttentionSite site = stack.site;
    for (site.layer = 0; site.layer < stack.layers; ++site.layer) {
        run.recordHidden(x, site);
        run.enterLayer(stack.before + site.layer, stack.all);
        x = stack.layer(site.layer, x);
    }
    if (stack.finish)
        x = stack.finish(x);
    run.recordHidden(x, site);
    return x;
}

} // namespace headlight
