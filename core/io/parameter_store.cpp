#include "core/io/parameter_store.h"

#include "core/io/sharded_file.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// What a model folder may hold, best first.
constexpr std::array<const char*, 4> fileNames{ "model.safetensors", "model.safetensors.index.json",
    "pytorch_model.bin", "pytorch_model.bin.index.json" };

/// What other programs call their files, to say what is there instead.
constexpr std::array<std::pair<const char*, const char*>, 4> foreignFiles{ {
    { "tf_model.h5", "TensorFlow" },
    { "flax_model.msgpack", "Flax" },
    { "model.onnx", "ONNX" },
    { "rust_model.ot", "Rust" },
} };

std::optional<fs::path> parameterFile(const fs::path& folder)
{
    std::error_code ignored;
    for (const char* name : fileNames)
        if (fs::exists(folder / name, ignored))
            return folder / name;
    return std::nullopt;
}

/// U8 blocks of 16 bytes with a scale each.
bool areScaledBlocks(const Tensor& blocks, const Tensor& scales)
{
    constexpr std::int64_t blockBytes = 16;
    return blocks.dtype() == DType::U8 && scales.dtype() == DType::U8 && blocks.shape().rank() >= 2
        && blocks.shape()[-1] == blockBytes && scales.count() * blockBytes == blocks.count();
}

Error nothingThere(const fs::path& folder)
{
    std::string instead;
    std::error_code ignored;
    for (const auto& [file, program] : foreignFiles)
        if (fs::exists(folder / file, ignored))
            instead = fmt::format(" It has {}, which is {}'s.", file, program);
    return { ErrorKind::NotFound,
        fmt::format("{} holds no parameters: {} was looked for.{}", folder.string(),
            fmt::join(fileNames, " or "), instead) };
}

} // namespace

Expected<ParameterStore> ParameterStore::open(const fs::path& folderOrFile)
{
    std::error_code ignored;
    fs::path file = folderOrFile;
    if (!fs::is_regular_file(file, ignored)) {
        const std::optional<fs::path> found = parameterFile(folderOrFile);
        if (!found)
            return nothingThere(folderOrFile);
        file = *found;
    }
    HEADLIGHT_TRY(auto tensors, file.extension() == ".json" ? readShardedFile(file) : readTensorFile(file));
    return ParameterStore(std::move(tensors));
}

ParameterStore::ParameterStore(std::map<std::string, Tensor> tensors)
    : m_tensors(std::move(tensors))
{
    constexpr std::string_view ending = "_blocks";
    std::vector<std::string> names;
    for (const auto& [name, tensor] : m_tensors)
        if (name.ends_with(ending))
            names.push_back(name.substr(0, name.size() - ending.size()));
    for (const std::string& name : names) {
        const auto blocks = m_tensors.find(name + std::string(ending)), scales = m_tensors.find(name + "_scales");
        if (scales == m_tensors.end() || m_tensors.contains(name) || !areScaledBlocks(blocks->second, scales->second))
            continue;
        m_tensors.emplace(name, Tensor::scaledBlocks(blocks->second, scales->second));
        m_tensors.erase(blocks);
        m_tensors.erase(scales);
    }
}

bool ParameterStore::isIn(const fs::path& folder)
{
    return parameterFile(folder).has_value();
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
