#pragma once
// The two forms of torch.save differ in where the pickle and the numbers lie; this is what they have in
// common.

#include "core/io/file.h"
#include "core/io/pickle.h"

#include <map>

namespace headlight {

/// A torch file taken apart, before anyone looks at what the pickle says.
struct TorchParts {
    Pickle pickle;
    std::map<std::string, std::span<const std::byte>> storages; ///< by key
};

/// Errors: BadFile; Unsupported for compressed archives, other byte orders and forms older than both.
Expected<TorchParts> readTorchParts(const MappedFile& file);

} // namespace headlight
