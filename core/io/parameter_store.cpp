#include "core/io/parameter_store.h"

namespace headlight {

Expected<ParameterStore> ParameterStore::open(const std::filesystem::path& folder)
{
    const std::filesystem::path file = folder / "model.safetensors";
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return Error { ErrorKind::NotFound,
            fmt::format("{} holds no parameters: model.safetensors was looked for.", folder.string()) };
    HEADLIGHT_TRY(SafetensorsFile opened, SafetensorsFile::open(file));
    return ParameterStore(opened.tensors());
}

const Tensor* ParameterStore::find(const std::string& name) const
{
    const auto found = m_tensors.find(name);
    return found == m_tensors.end() ? nullptr : &found->second;
}

DType ParameterStore::dominantType() const
{
    std::map<DType, std::int64_t> counts;
    for (const auto& [name, tensor] : m_tensors)
        counts[tensor.dtype()] += tensor.count();
    const auto top = std::max_element(
        counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return top == counts.end() ? DType::F32 : top->first;
}

} // namespace headlight
