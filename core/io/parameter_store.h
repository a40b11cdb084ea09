#pragma once
// The parameters of a checkpoint by name, in their stored type. Owns the mappings; never copies a file into memory.

#include "core/io/safetensors.h"

namespace headlight {

class ParameterStore {
public:
    /// From a folder: model.safetensors, its index and shards, pytorch_model.bin, its index and shards; the first that
    /// is there. Or from one such file. Errors: NotFound (names the files looked for), BadFile, Unsupported.
    static Expected<ParameterStore> open(const std::filesystem::path& folderOrFile);
    /// Whether a folder holds one of those files.
    static bool isIn(const std::filesystem::path& folder);
    /// A parameter that is stored as "<name>_blocks" and "<name>_scales" (MXFP4) is one tensor here, "<name>".
    explicit ParameterStore(std::map<std::string, Tensor> tensors);

    /// Null when there is none of this name.
    const Tensor* find(const std::string& name) const;
    const std::map<std::string, Tensor>& tensors() const { return m_tensors; }
    /// The type most numbers are stored in.
    DType dominantType() const;

private:
    std::map<std::string, Tensor> m_tensors;
};

} // namespace headlight
