#include "core/nn/run.h"

namespace headlight {

void Packing::add(std::int64_t length, std::vector<std::uint8_t> keyMask)
{
    if (begins.empty())
        begins.push_back(0);
    begins.push_back(begins.back() + length);
    keyMasks.push_back(std::move(keyMask));
}

std::vector<std::int64_t> Packing::positions(std::int64_t past) const
{
    std::vector<std::int64_t> all;
    for (std::size_t s = 0; s + 1 < begins.size(); ++s)
        for (std::int64_t i = begins[s]; i < begins[s + 1]; ++i)
            all.push_back(past + i - begins[s]);
    return all;
}

std::vector<std::int64_t> Packing::lastRows() const
{
    std::vector<std::int64_t> rows;
    for (std::size_t s = 1; s < begins.size(); ++s)
        rows.push_back(begins[s] - 1);
    return rows;
}

void Run::enterLayer(int layer, int layers) const
{
    m_control.report(double(layer) / layers, fmt::format("layer {} of {}", layer + 1, layers));
    if (beforeLayer)
        beforeLayer();
}

void Run::recordHidden(const Var& state, AttentionSite site)
{
    if (trace != nullptr && request.hiddenStates)
        trace->addHiddenState({ site, state.value() });
}

Var Run::addResidual(const Var& residual, const Var& part, const Var& beside)
{
    Var sum = add(residual, beside.empty() ? part : add(part, beside));
    if (steps != nullptr)
        steps->added(residual, part, beside, sum);
    return sum;
}

Var Run::changed(const Var& from, Var to, std::string_view name, std::vector<std::int64_t> order)
{
    if (steps != nullptr)
        steps->changed(from, to, std::string(name), std::move(order));
    return to;
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
