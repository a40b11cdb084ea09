#include "core/train/parameter_memory.h"

namespace headlight {

ParameterMemory::ParameterMemory(const Model& model)
    : m_values(std::make_shared<std::vector<float>>(std::size_t(model.parameterCount())))
{
    std::size_t begin = 0;
    for (const ParameterRef& parameter : model.parameters()) {
        HEADLIGHT_CHECK(parameter->index == int(m_slots.size()), "parameters out of order");
        const Tensor start = parameter->value.toFloat();
        std::copy(start.floats().begin(), start.floats().end(), m_values->begin() + std::ptrdiff_t(begin));
        m_slots.push_back({ parameter->name, start.shape(), begin });
        parameter->value = Tensor::view(m_values, m_values->data() + begin, DType::F32, start.shape());
        begin += std::size_t(start.count());
    }
}

std::vector<std::span<float>> ParameterMemory::parts(std::span<float> flat) const
{
    std::vector<std::span<float>> result;
    for (const Slot& slot : m_slots)
        result.push_back(flat.subspan(slot.begin, std::size_t(slot.shape.count())));
    return result;
}

std::vector<AdamW::Range> ParameterMemory::decayed() const
{
    std::vector<AdamW::Range> ranges;
    for (const Slot& slot : m_slots)
        if (slot.shape.rank() > 1)
            ranges.push_back({ slot.begin, slot.begin + std::size_t(slot.shape.count()) });
    return ranges;
}

std::map<std::string, Tensor> ParameterMemory::named(std::span<const float> flat, const std::string& prefix) const
{
    std::map<std::string, Tensor> tensors;
    for (const Slot& slot : m_slots) {
        const auto part = flat.subspan(slot.begin, std::size_t(slot.shape.count()));
        tensors.emplace(prefix + slot.name, Tensor::fromVector(slot.shape, { part.begin(), part.end() }));
    }
    return tensors;
}

Status ParameterMemory::read(
    const std::map<std::string, Tensor>& tensors, const std::string& prefix, std::span<float> flat) const
{
    for (const Slot& slot : m_slots) {
        const auto found = tensors.find(prefix + slot.name);
        if (found == tensors.end() || !(found->second.shape() == slot.shape))
            return Error { ErrorKind::BadFile,
                fmt::format("The checkpoint holds no {}{} of shape {}: it belongs to another recipe.", prefix, slot.name,
                    slot.shape.toString()) };
        const Tensor stored = found->second.toFloat();
        std::copy(stored.floats().begin(), stored.floats().end(), flat.begin() + std::ptrdiff_t(slot.begin));
    }
    return {};
}

int adoptParameters(const Model& model, const std::map<std::string, Tensor>& parameters)
{
    int taken = 0;
    for (const ParameterRef& parameter : model.parameters()) {
        const auto found = parameters.find(parameter->name);
        if (found == parameters.end() || !(found->second.shape() == parameter->value.shape()))
            continue;
        parameter->value = found->second;
        ++taken;
    }
    return taken;
}

} // namespace headlight
