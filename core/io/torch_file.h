#pragma once
// pytorch_model.bin: what torch.save wrote, as a zip archive (torch 1.6 and later) or in the older form of
// pickles one after the other. Tensors are views into the mapping; only what does not lie row by row is
// copied.

#include "core/base/expected.h"
#include "core/tensor/tensor.h"

#include <filesystem>
#include <map>

namespace headlight {

/// The tensors of a state dict, also of one that stands under "state_dict" or "model". Entries that are no
/// tensors are left out. Errors: NotFound; BadFile; Unsupported for whatever asks for more than tensors,
/// naming it.
Expected<std::map<std::string, Tensor>> readTorchFile(const std::filesystem::path& path);

} // namespace headlight
