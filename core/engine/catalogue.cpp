#include "core/engine/catalogue.h"

#include "core/io/file.h"
#include "core/io/json.h"

#include <cstdlib>

namespace headlight {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

/// Where Hugging Face's own programs keep what they downloaded.

/// With config.json, or with a GGUF file, which needs none.
bool isModelFolder(const fs::path& folder)
{
    std::error_code failed;
    if (fs::is_regular_file(folder / "config.json", failed))
        return true;
    for (const auto& entry : fs::directory_iterator(folder, failed))
        if (entry.path().extension() == ".gguf")
            return true;
    return false;
}

/// The snapshot that refs/main names, else any that holds a model.
std::optional<fs::path> snapshot(const fs::path& repository)
{
    std::error_code failed;
    if (const Expected<std::string> main = readFile(repository / "refs" / "main"); main) {
        const fs::path named = repository / "snapshots" / *main;
        if (isModelFolder(named))
            return named;
    }
    for (const auto& entry : fs::directory_iterator(repository / "snapshots", failed))
        if (isModelFolder(entry.path()))
            return entry.path();
    return std::nullopt;
}

/// "models--org--name" → "org/name"; empty for anything else.
std::string repositoryName(const std::string& folder)
{
    constexpr std::string_view prefix = "models--";
    if (!folder.starts_with(prefix))
        return {};
    const std::string name = folder.substr(prefix.size());
    const std::size_t separator = name.find("--");
    return separator == std::string::npos ? name : fmt::format("{}/{}", name.substr(0, separator), name.substr(separator + 2));
}

/// One word: what neither leaves a folder nor names a place within it.
bool isPlainName(const std::string& reference)
{
    return reference.find('/') == std::string::npos && reference != "." && reference != "..";
}

/// "org/name" lies in one folder of the cache, "models--org--name"; nothing else is looked at.
std::optional<fs::path> cachedModel(const std::string& reference)
{
    const auto slashes = std::count(reference.begin(), reference.end(), '/');
    const fs::path path(reference);
    if (slashes > 1 || path.is_absolute() || path.filename().empty() || reference.starts_with('.'))
        return std::nullopt;
    std::string folder = "models--" + reference;
    if (const std::size_t slash = folder.find('/'); slash != std::string::npos)
        folder.replace(slash, 1, "--");
    return snapshot(cacheFolder() / folder);
}

/// A file that is a model's parameters, and not those its folder would be opened by.
bool isOpenedByItself(const fs::path& file)
{
    const std::string name = file.filename().string(), extension = file.extension().string();
    const bool parameters = extension == ".gguf" || extension == ".safetensors" || extension == ".bin" || extension == ".pt"
        || extension == ".pth" || name.ends_with(".index.json");
    return parameters && name != "model.safetensors";
}

/// The first sentence of prose in a model card: what a chooser shows.
std::string cardSummary(const fs::path& folder)
{
    const Expected<std::string> card = readFile(folder / "README.md");
    if (!card)
        return {};
    std::size_t at = card->starts_with("---\n") ? card->find("\n---", 4) : 0;
    at = at == std::string::npos ? 0 : (at == 0 ? 0 : at + 4);
    std::string paragraph;
    while (at < card->size()) {
        const std::size_t end = std::min(card->find('\n', at), card->size());
        const std::string line = card->substr(at, end - at);
        at = end + 1;
        if (line.empty() && !paragraph.empty())
            break;
        if (!line.empty() && line[0] != '#')
            paragraph += fmt::format("{}{}", paragraph.empty() ? "" : " ", line);
    }
    const std::size_t stop = paragraph.find(". ");
    return stop == std::string::npos ? paragraph : paragraph.substr(0, stop + 1);
}

std::string familySummary(const fs::path& folder)
{
    const Expected<Json> config = readJson(folder / "config.json");
    const auto type = config ? jsonOr<std::string>(*config, "model_type", "", "") : Expected<std::string>(std::string());
    return type ? *type : std::string();
}

void addBundled(const Resources& resources, std::vector<CatalogueEntry>& entries)
{
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(resources.root() / "models", failed))
        if (isModelFolder(entry.path()))
            entries.push_back({ entry.path().filename().string(), cardSummary(entry.path()), entry.path(),
                CatalogueEntry::Origin::Bundled });
}

void addModel(const fs::path& place, std::vector<CatalogueEntry>& entries)
{
    if (isModelFolder(place))
        entries.push_back({ place.filename().string(), familySummary(place), place, CatalogueEntry::Origin::Folder });
    else if (place.extension() == ".gguf")
        entries.push_back({ place.stem().string(), "GGUF", place, CatalogueEntry::Origin::Folder });
}

/// A folder that a person named: a model itself, or models one level down.
void addFolder(const fs::path& folder, std::vector<CatalogueEntry>& entries)
{
    addModel(folder, entries);
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed))
        addModel(entry.path(), entries);
}

void addCached(std::vector<CatalogueEntry>& entries)
{
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(cacheFolder(), failed)) {
        const std::string name = repositoryName(entry.path().filename().string());
        const std::optional<fs::path> folder = name.empty() ? std::nullopt : snapshot(entry.path());
        if (folder)
            entries.push_back({ name, familySummary(*folder), *folder, CatalogueEntry::Origin::Cache });
    }
}

} // namespace

fs::path cacheFolder()
{
    if (const auto hub = environment("HF_HUB_CACHE"))
        return *hub;
    if (const auto home = environment("HF_HOME"))
        return fs::path(*home) / "hub";
    const auto cache = environment("XDG_CACHE_HOME");
    const fs::path base = cache ? fs::path(*cache) : fs::path(environment("HOME").value_or("/")) / ".cache";
    return base / "huggingface" / "hub";
}

Resources Resources::locate()
{
    if (const auto chosen = environment("HEADLIGHT_RESOURCES"))
        return Resources(*chosen);
    std::error_code failed;
    const fs::path program = fs::read_symlink("/proc/self/exe", failed);
    for (fs::path folder = program.parent_path(); folder != folder.root_path(); folder = folder.parent_path())
        for (const fs::path& candidate : { folder / "share" / "headlight", folder / "resources" })
            if (fs::is_directory(candidate / "models", failed))
                return Resources(candidate);
    return Resources(program.parent_path());
}

std::vector<Example> Resources::examples(const std::string& model, const std::string& inputKind) const
{
    const fs::path folder = m_root / "examples";
    std::error_code failed;
    const fs::path own = folder / (fs::path(model).filename().string() + ".json");
    const Expected<Json> list = readJson(fs::exists(own, failed) ? own : folder / (inputKind + ".json"));
    std::vector<Example> examples;
    if (!list || !list->is_array())
        return examples;
    for (const Json& entry : *list) {
        const auto text = [&](const char* key) {
            const auto value = jsonOr<std::string>(entry, key, "", "");
            return value ? *value : std::string();
        };
        const std::string image = text("image");
        examples.push_back({ text("title"), text("text"), text("textPair"), image.empty() ? fs::path() : folder / image });
    }
    return examples;
}

std::vector<CatalogueEntry> catalogue(const Resources& resources, const std::vector<fs::path>& folders)
{
    std::vector<CatalogueEntry> entries;
    addBundled(resources, entries);
    for (const fs::path& folder : folders)
        addFolder(folder, entries);
    addCached(entries);
    std::sort(entries.begin(), entries.end(),
        [](const auto& a, const auto& b) { return std::tie(a.origin, a.name) < std::tie(b.origin, b.name); });
    return entries;
}

Expected<fs::path> resolveModel(const std::string& reference, const Resources& resources)
{
    std::error_code failed;
    if (reference.empty())
        return Error { ErrorKind::NotFound, "No model was named." };
    if (const fs::path bundled = resources.root() / "models" / reference; isPlainName(reference) && isModelFolder(bundled))
        return bundled;
    if (const auto cached = cachedModel(reference))
        return *cached;
    const fs::path path(reference);
    if (fs::is_directory(path, failed))
        return path; // whether it holds a model is for the loader to say
    if (fs::is_regular_file(path, failed))
        return isOpenedByItself(path) ? path : modelFolder(path);
    std::vector<CatalogueEntry> entries;
    addBundled(resources, entries);
    std::vector<std::string> bundled;
    for (const CatalogueEntry& entry : entries)
        bundled.push_back(entry.name);
    std::sort(bundled.begin(), bundled.end());
    return Error { ErrorKind::NotFound,
        fmt::format("There is no model \"{}\": it is no folder or file, not bundled ({}), and not in the cache {}.", reference,
            bundled.empty() ? "nothing is" : fmt::format("{}", fmt::join(bundled, ", ")), cacheFolder().string()) };
}

std::string modelName(const fs::path& resolved, const Resources& resources)
{
    std::error_code failed;
    const fs::path path = fs::absolute(resolved).lexically_normal();
    if (path.extension() == ".gguf")
        return path.stem().string();
    const fs::path folder = fs::is_regular_file(path, failed) || !path.has_filename() ? path.parent_path() : path;
    const std::string name = folder.filename().string();
    if (folder.parent_path() == fs::absolute(resources.root() / "models").lexically_normal())
        return name;
    const fs::path snapshots = folder.parent_path(); // <cache>/models--org--name/snapshots/<revision>
    const std::string repository = repositoryName(snapshots.parent_path().filename().string());
    return snapshots.filename() == "snapshots" && !repository.empty() ? repository : name;
}

fs::path modelFolder(const fs::path& resolved)
{
    std::error_code failed;
    if (!fs::is_regular_file(resolved, failed))
        return resolved;
    return resolved.has_parent_path() ? resolved.parent_path() : fs::path(".");
}

} // namespace headlight
