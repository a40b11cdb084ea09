#include "core/text/formats/formats.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

struct Format {
    std::string_view file; ///< what tells it apart; "*" stands for any beginning
    Expected<Pipeline> (*read)(const fs::path& path);
    bool onlyWhenGiven = false; ///< a file of any name, which a folder may hold for something else

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
    { "*.model", readSentencePieceFile, true },
    { "*.spm", readSentencePieceFile, true },
};

/// The files in a folder, sorted; for a file, itself.
std::vector<fs::path> filesAt(const fs::path& path)
{
    std::error_code error;
    if (fs::is_regular_file(path, error))
        return { path };
    std::vector<fs::path> files;
    for (fs::directory_iterator entries(path, error), end; !error && entries != end; entries.increment(error))
        files.push_back(entries->path());
    std::sort(files.begin(), files.end());
    return files;
}

struct Found {
    fs::path file;
    const Format* format = nullptr; ///< null when there is none
};

Found find(const fs::path& path)
{
    const std::vector<fs::path> files = filesAt(path);
    const bool given = files.size() == 1 && files.front() == path;
    for (const Format& format : formats)
        for (const fs::path& file : files)
            if (format.fits(file.filename().string()) && (given || !format.onlyWhenGiven))
                return { file, &format };
    return {};
}

} // namespace

fs::path findTokenizerFile(const fs::path& path)
{
    return find(path).file;
}

Expected<Pipeline> readTokenizerFiles(const fs::path& path)
{
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return Error{ ErrorKind::NotFound, fmt::format("There is no folder {}.", path.string()) };
    if (const Found found = find(path); found.format)
        return found.format->read(found.file);
    std::vector<std::string_view> looked;
    for (const Format& format : formats)
        if (!format.onlyWhenGiven)
            looked.push_back(format.file);
    return Error{ ErrorKind::NotFound,
        fmt::format("{} holds no tokenizer: looked for {}.", path.string(), fmt::join(looked, ", ")) };
}

} // namespace headlight
