#include "core/text/formats/formats.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

struct Format {
    std::string_view file; ///< what tells it apart
    Expected<Pipeline> (*read)(const fs::path& folder);
};

constexpr Format formats[] = {
    { "tokenizer.json", readTokenizerJson },
    { "vocab.txt", readBertVocabulary },
};

} // namespace

Expected<Pipeline> readTokenizerFiles(const fs::path& folder)
{
    std::error_code ignored;
    std::vector<std::string_view> files;
    for (const Format& format : formats) {
        if (fs::exists(folder / format.file, ignored))
            return format.read(folder);
        files.push_back(format.file);
    }
    if (!fs::is_directory(folder, ignored))
        return Error{ ErrorKind::NotFound, fmt::format("There is no folder {}.", folder.string()) };
    return Error{ ErrorKind::NotFound,
        fmt::format("{} holds no tokenizer: looked for {}.", folder.string(), fmt::join(files, ", ")) };
}

} // namespace headlight
