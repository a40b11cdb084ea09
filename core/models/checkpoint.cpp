#include "core/models/checkpoint.h"

#include "core/models/gguf/gguf_model.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// The one GGUF file of a folder without other parameters; the path itself for everything else.
Expected<fs::path> chooseFile(const fs::path& path)
{
    std::error_code failed;
    if (!fs::is_directory(path, failed) || ParameterStore::isIn(path))
        return path;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(path, failed))
        if (entry.path().extension() == ".gguf")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.size() > 1)
        return Error{ ErrorKind::BadInput,
            fmt::format("{} holds {} GGUF files; open one of them, such as {}.", path.string(), files.size(),
                files.front().string()) };
    return files.empty() ? path : files.front();
}

} // namespace

Expected<Checkpoint> Checkpoint::open(const fs::path& folderOrFile)
{
    Checkpoint checkpoint;
    HEADLIGHT_TRY(checkpoint.m_path, chooseFile(folderOrFile));
    std::error_code ignored;
    const bool isFile = fs::is_regular_file(checkpoint.m_path, ignored);
    checkpoint.m_folder = !isFile             ? checkpoint.m_path
        : checkpoint.m_path.has_parent_path() ? checkpoint.m_path.parent_path()
                                              : ".";
    if (isFile && (GgufFile::isGguf(checkpoint.m_path) || checkpoint.m_path.extension() == ".gguf")) {
        HEADLIGHT_TRY(GgufFile file, GgufFile::open(checkpoint.m_path));
        checkpoint.m_gguf = std::make_shared<const GgufFile>(std::move(file));
    }
    return checkpoint;
}

Expected<Config> Checkpoint::config() const
{
    return m_gguf != nullptr ? ggufConfig(*m_gguf) : Config::open(m_folder);
}

Expected<ParameterStore> Checkpoint::parameters() const
{
    return m_gguf != nullptr ? Expected<ParameterStore>(ggufParameters(*m_gguf))
                             : ParameterStore::open(m_path);
}

} // namespace headlight
