#pragma once
// What the metadata and tensors of GGUF files say of families of 2024 and later: windows by layer, experts,
// latent attention, factors.

#include "core/io/gguf.h"
#include "core/io/json.h"

namespace headlight {

/// A file and its general.architecture, which all keys of the family begin with.
struct GgufFamily {
    const GgufFile& file;
    std::string id;
};

/// Adds what the family alone has to the configuration, which holds what all have.
void writeNewerFamily(const GgufFamily& family, Json& config);
/// Unsupported for files of forms that are not read.
Status checkFamily(const GgufFamily& family, const std::string& where);
/// DeepSeek's maps from the latent vector to keys and to values, which newer files hold apart and one of them
/// transposed, become the reference's one: a copy.
void joinLatentMaps(const GgufFamily& family, std::map<std::string, Tensor>& tensors);

} // namespace headlight
