#include "core/text/formats/formats.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

struct Format {
    std::string_view file; ///< what tells it apart; "*" stands for any beginning
    Expected<Pipeline> (*read)(const fs::path& path);

    bool fits(const std::string& name) const
    {
        return file.starts_with('*') ? name.ends_with(file.substr(1)) : name == file;
    }
};

constexpr Format formats[] = {
    { "tokenizer.json", readTokenizerJson },
    { "source.spm", readMarian },
    { "merges.txt", readByteLevelVocabulary },
    { "spiece.model", readSentencePieceFile },
    { "sentencepiece.bpe.model", readSentencePieceFile },
    { "tokenizer.model", readSentencePieceFile },
    { "spm.model", readSentencePieceFile },
    { "vocab.txt", readBertVocabulary },
    { "vocab.json", readCtcVocabulary },
    { "*.tiktoken", readTiktoken },
    { "target.spm", readMarian },
    { "*.model", readSentencePieceFile },
    { "*.spm", readSentencePieceFile },
};

/// The files in a folder, sorted.
std::vector<std::string> namesIn(const fs::path& folder)
{
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entries(folder, error), end; !error && entries != end; entries.increment(error))
        names.push_back(entries->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

fs::path tokenizerFileIn(const fs::path& folder)
{
    const std::vector<std::string> names = namesIn(folder);
    for (const Format& format : formats)
        for (const std::string& name : names)
            if (format.fits(name))
                return folder / name;
    return {};
}

Expected<Pipeline> readTokenizerFiles(const fs::path& path)
{
    std::error_code ignored;
    const bool isFolder = fs::is_directory(path, ignored);
    if (!isFolder && !fs::exists(path, ignored))
        return Error{ ErrorKind::NotFound, fmt::format("There is no folder {}.", path.string()) };
    const fs::path file = isFolder ? tokenizerFileIn(path) : path;
    std::vector<std::string_view> looked;
    for (const Format& format : formats) {
        if (format.fits(file.filename().string()))
            return format.read(file);
        looked.push_back(format.file);
    }
    return Error{ ErrorKind::NotFound,
        fmt::format("{} {}: looked for {}.", path.string(), isFolder ? "holds no tokenizer" : "is no tokenizer's file",
            fmt::join(looked, ", ")) };
}

} // namespace headlight
