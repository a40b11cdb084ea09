#pragma once
// A checkpoint in several files: model.safetensors.index.json or pytorch_model.bin.index.json says which
// holds what.

#include "core/base/expected.h"
#include "core/tensor/tensor.h"

#include <filesystem>
#include <map>

namespace headlight {

/// The tensors of one file that stands alone: .safetensors, GGUF by its first bytes, all else as
/// torch.save's. Errors: as the formats say.
Expected<std::map<std::string, Tensor>> readTensorFile(const std::filesystem::path& path);

/// Every tensor the index names, from the files beside it. Errors: NotFound naming the missing files; BadFile
/// for an index that names a file elsewhere or a tensor that its file does not hold.
Expected<std::map<std::string, Tensor>> readShardedFile(const std::filesystem::path& index);

} // namespace headlight
