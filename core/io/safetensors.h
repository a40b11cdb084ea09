#pragma once
// The safetensors format: an 8-byte length, a JSON header with every tensor's type, shape and place, then the bytes.
// Reading maps the file; no pointer into it is handed out before the whole header was checked against the file.

#include "core/io/file.h"
#include "core/tensor/tensor.h"

#include <map>

namespace headlight {

class SafetensorsFile {
public:
    /// Errors: NotFound; BadFile for a header that is cut, malformed or promises what the file does not hold;
    /// Unsupported for a tensor type Headlight does not know.
    static Expected<SafetensorsFile> open(const std::filesystem::path& path);

    /// Views into the mapping, which they keep alive.
    const std::map<std::string, Tensor>& tensors() const { return m_tensors; }
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }

private:
    std::map<std::string, Tensor> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

/// Writes tensors as they are stored, in the order of their names. Errors: Unwritable.
Status writeSafetensors(const std::filesystem::path& path, const std::map<std::string, Tensor>& tensors,
    const std::map<std::string, std::string>& metadata);

} // namespace headlight
