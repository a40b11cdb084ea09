#include "core/io/sharded_file.h"

#include "core/io/gguf.h"
#include "core/io/json.h"
#include "core/io/safetensors.h"
#include "core/io/torch_file.h"

#include <set>

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// Shards lie beside their index. The path itself is looked at, not where links lead: in a cache every file
/// is one.
Status checkShardName(const std::string& name, const fs::path& index)
{
    const fs::path path(name);
    const bool leaves = path.is_absolute()
        || std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
    if (name.empty() || leaves)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} names the file \"{}\", which is not in its own folder.", index.string(), name) };
    return {};
}

Status checkShardsExist(const std::set<std::string>& shards, const fs::path& index)
{
    std::vector<std::string> missing;
    std::error_code ignored;
    for (const std::string& shard : shards)
        if (!fs::exists(index.parent_path() / shard, ignored))
            missing.push_back(shard);
    if (missing.empty())
        return {};
    const std::string rest = missing.size() > 1
        ? fmt::format(" and {} more of its {} files are", missing.size() - 1, shards.size())
        : " is";
    return Error{ ErrorKind::NotFound,
        fmt::format("{}: {}{} missing; download the whole model.", index.string(), missing.front(), rest) };
}

} // namespace

Expected<std::map<std::string, Tensor>> readTensorFile(const fs::path& path)
{
    if (path.extension() == ".safetensors") {
        HEADLIGHT_TRY(const SafetensorsFile file, SafetensorsFile::open(path));
        return file.tensors();
    }
    if (GgufFile::isGguf(path)) {
        HEADLIGHT_TRY(const GgufFile file, GgufFile::open(path));
        return file.tensors();
    }
    return readTorchFile(path);
}

Expected<std::map<std::string, Tensor>> readShardedFile(const fs::path& index)
{
    HEADLIGHT_TRY(const Json json, readJson(index));
    HEADLIGHT_TRY(
        const auto places, (jsonGet<std::map<std::string, std::string>>(json, "weight_map", index.string())));
    std::set<std::string> shards;
    for (const auto& [name, shard] : places) {
        HEADLIGHT_TRY_STATUS(checkShardName(shard, index));
        shards.insert(shard);
    }
    HEADLIGHT_TRY_STATUS(checkShardsExist(shards, index));
    std::map<std::string, std::map<std::string, Tensor>> read;
    for (const std::string& shard : shards) {
        HEADLIGHT_TRY(read[shard], readTensorFile(index.parent_path() / shard));
    }
    std::map<std::string, Tensor> tensors;
    for (const auto& [name, shard] : places) {
        const auto found = read[shard].find(name);
        if (found == read[shard].end())
            return Error{ ErrorKind::BadFile,
                fmt::format("{} says that {} holds \"{}\", but it does not: files of two models?",
                    index.string(), shard, name) };
        tensors.emplace(name, found->second);
    }
    return tensors;
}

} // namespace headlight
