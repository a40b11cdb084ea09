#include "core/nn/parameter.h"

namespace headlight {

ParameterRef ParameterSource::take(const std::string& name, const Shape& shape, Initialisation initialisation)
{
    if (const auto known = m_byName.find(name); known != m_byName.end())
        return known->second; // tied: two layers, one parameter
    auto parameter = std::make_shared<Parameter>();
    parameter->name = name;
    parameter->index = int(m_taken.size());
    parameter->value = find(name, shape, initialisation);
    if (parameter->value.empty())
        m_problems.push_back(fmt::format("{} is missing (expected {})", name, shape.toString()));
    else if (!(parameter->value.shape() == shape))
        m_problems.push_back(fmt::format(
            "{} has shape {}, expected {}", name, parameter->value.shape().toString(), shape.toString()));
    m_taken.push_back(parameter);
    m_byName.emplace(name, parameter);
    return parameter;
}

} // namespace headlight
