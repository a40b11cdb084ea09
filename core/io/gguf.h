#pragma once
// GGUF, versions 2 and 3: key-value metadata (configuration and vocabulary), tensor places, then the aligned
// numbers. Source: the format's description in ggml's docs/gguf.md. Reading maps the file; texts are views
// into it.

#include "core/io/file.h"
#include "core/tensor/tensor.h"

#include <map>
#include <variant>
#include <vector>

namespace headlight {

/// A value, or a list of values of one kind. Whole numbers are widened to 64 bits, real ones to double.
using GgufValue = std::variant<std::int64_t, double, bool, std::string_view, std::vector<std::int64_t>,
    std::vector<double>, std::vector<std::string_view>>;

class GgufFile {
public:
    /// Errors: NotFound; BadFile for what does not fit the file; Unsupported for other versions, tensor types
    /// that are not read, and models in several files.
    static Expected<GgufFile> open(const std::filesystem::path& path);
    /// Whether a file begins as GGUF files do.
    static bool isGguf(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return m_file->path(); }
    /// By GGUF's names ("blk.0.attn_q.weight"), shapes with the slowest axis first; they keep the mapping
    /// alive.
    const std::map<std::string, Tensor>& tensors() const { return m_tensors; }
    const std::map<std::string, GgufValue, std::less<>>& metadata() const { return m_metadata; }

    /// The value of a key; null when it is absent or of another kind.
    template <typename T> const T* find(std::string_view key) const
    {
        const auto found = m_metadata.find(key);
        return found == m_metadata.end() ? nullptr : std::get_if<T>(&found->second);
    }

private:
    std::shared_ptr<const MappedFile> m_file;
    std::map<std::string, Tensor> m_tensors;
    std::map<std::string, GgufValue, std::less<>> m_metadata;
};

} // namespace headlight
