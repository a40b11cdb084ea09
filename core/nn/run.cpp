#include "core/nn/run.h"

namespace headlight {

void Packing::add(std::int64_t length, std::vector<std::uint8_t> keyMask)
{
    if (begins.empty())
        begins.push_back(0);
    begins.push_back(begins.back() + length);
    keyMasks.push_back(std::move(keyMask));
}

void Run::enterLayer(int layer, int layers) const
{
    m_control.report(double(layer) / layers, fmt::format("layer {} of {}", layer + 1, layers));
}

void Run::recordHidden(const Var& state)
{
    if (trace != nullptr && request.hiddenStates)
        trace->addHiddenState(state.value());
}

Var Run::use(const ParameterRef& parameter)
{
    if (parameterGradients.empty())
        return Var(parameter->value);
    auto [place, fresh] = m_leaves.try_emplace(parameter->index);
    if (fresh)
        place->second = tape->leaf(parameter->value, parameterGradients[std::size_t(parameter->index)]);
    return place->second;
}

Var Run::useFloat(const ParameterRef& parameter)
{
    return parameterGradients.empty() ? Var(parameter->value.toFloat()) : use(parameter);
}

Var Run::dropout(const Var& x, float probability)
{
    return training() ? headlight::dropout(x, probability, *random) : x;
}

} // namespace headlight
