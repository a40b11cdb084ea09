#pragma once
// Named tensors into a file other programs read: safetensors, NumPy's npz, or JSON.

#include "core/tensor/tensor.h"
#include "core/base/expected.h"

#include <filesystem>
#include <map>

namespace headlight {

/// Whether the path's ending says a format. Errors: BadInput.
Status checkTensorPath(const std::filesystem::path& path);

/// By the path's ending: .safetensors, .npz or .json. Whole or not at all. Errors: BadInput for another ending,
/// Unwritable.
Status writeTensors(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors,
    const std::map<std::string, std::string>& metadata);

} // namespace headlight
