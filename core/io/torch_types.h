#pragma once
// The names by which torch's pickles call storages and the functions that make tensors.

#include "core/io/pickle.h"
#include "core/tensor/dtype.h"

namespace headlight {

/// What a torch global stands for in a state dict.
enum class TorchFunction { Tensor, TensorOfType, Parameter, OrderedDict, Size, Class };

/// Empty for a global that state dicts do not need.
std::optional<TorchFunction> torchFunction(std::string_view module, std::string_view name);

/// Whether a state dict may name it.
bool isTorchGlobal(std::string_view module, std::string_view name);

/// torch.FloatStorage and the like; empty for another node.
std::optional<DType> torchStorageType(const PickleNode& node);

} // namespace headlight
