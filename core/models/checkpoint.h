#pragma once
// Where a model's configuration and parameters come from: a folder as Hugging Face stores it, one of its
// files, or a GGUF file, which holds both.

#include "core/io/gguf.h"
#include "core/io/parameter_store.h"
#include "core/models/config.h"

namespace headlight {

class Checkpoint {
public:
    /// A folder that holds nothing but one GGUF file is that file. Errors: NotFound; BadInput for a folder
    /// with several of them; what GgufFile::open says.
    static Expected<Checkpoint> open(const std::filesystem::path& folderOrFile);

    /// Errors: as Config::open.
    Expected<Config> config() const;
    /// Errors: as ParameterStore::open.
    Expected<ParameterStore> parameters() const;
    /// Null unless the model is a GGUF file.
    const GgufFile* gguf() const { return m_gguf.get(); }
    /// Where its tokenizer and the like lie.
    const std::filesystem::path& folder() const { return m_folder; }

private:
    std::filesystem::path m_path, m_folder;
    std::shared_ptr<const GgufFile> m_gguf;
};

} // namespace headlight
