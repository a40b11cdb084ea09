#pragma once
// Which models can be opened by name: the bundled ones and those in the Hugging Face cache.

#include "core/base/expected.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headlight {

struct CatalogueEntry {
    enum class Origin { Bundled, Folder, Cache };
    std::string name; ///< "sentiment", "google-bert/bert-base-uncased"
    std::string summary; ///< one line for a chooser: from the card's first line, or the family
    std::filesystem::path folder;
    Origin origin = Origin::Bundled;
};

/// Something to try a model on; ours, in resources/examples/<model>.json.
struct Example {
    std::string title;
    std::string text, textPair; ///< for text models
    std::filesystem::path image; ///< for image models
};

/// Folders that hold what is shipped beside the program.
class Resources {
public:
    /// $HEADLIGHT_RESOURCES, else beside the installed program, else the source tree's resources folder.
    static Resources locate();
    explicit Resources(std::filesystem::path root)
        : m_root(std::move(root))
    {
    }
    const std::filesystem::path& root() const { return m_root; }
    /// Examples for a bundled name, else for the kind of input ("text", "image").
    std::vector<Example> examples(const std::string& model, const std::string& inputKind) const;

private:
    std::filesystem::path m_root;
};

/// Bundled models, those in `folders` (each a model, or a folder of models), then the cache's, each group by name.
std::vector<CatalogueEntry> catalogue(const Resources& resources, const std::vector<std::filesystem::path>& folders = {});
/// Where Hugging Face's libraries keep what they download.
std::filesystem::path cacheFolder();

/// A bundled name, a folder, a file, or an org/name of the cache → the folder, or the file when it is not the one its
/// folder would be opened by. Looks at the named place only. Errors: NotFound, naming what was tried.
Expected<std::filesystem::path> resolveModel(const std::string& reference, const Resources& resources);

/// Where the tokenizer and the like of a resolved model lie: the folder itself, or the one its file is in.
std::filesystem::path modelFolder(const std::filesystem::path& resolved);

/// The name a person knows a resolved model by: bundled name, org/name of the cache, or the folder's or file's own.
std::string modelName(const std::filesystem::path& resolved, const Resources& resources);

} // namespace headlight
