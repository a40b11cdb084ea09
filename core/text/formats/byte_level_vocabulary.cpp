// vocab.json with merges.txt, as the byte-level tokenizers save it (GPT-2, RoBERTa, BART, CLIP, Whisper,
// Qwen2). Which of them it is, tokenizer_config.json, config.json or the vocabulary itself tells.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/formats/byte_level_families.h"
#include "core/text/formats/formats.h"
#include "core/text/formats/vocabulary_json.h"
#include "core/text/tokenizer_config.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// A rule per line; a first line "#version" is none.
Expected<MergeList> readMerges(const fs::path& path)
{
    HEADLIGHT_TRY(const std::string bytes, readFile(path));
    MergeList merges;
    int number = 1;
    for (std::size_t begin = 0; begin < bytes.size(); ++number) {
        std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
        std::string_view line = std::string_view(bytes).substr(begin, end - begin);
        begin = end + 1;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty() || line.starts_with("#version"))
            continue;
        if (!merges.addLine(line))
            return Error{ ErrorKind::BadFile,
                fmt::format("{}: line {} is \"{}\", expected two tokens.", path.string(), number,
                    line.substr(0, 80)) };
    }
    return merges;
}

} // namespace

Expected<Pipeline> readByteLevelVocabulary(const fs::path& merges)
{
    const fs::path folder = merges.parent_path(), path = folder / "vocab.json";
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(folder));
    ModelData data;
    HEADLIGHT_TRY(data.vocabulary, readVocabularyJson(path));
    HEADLIGHT_TRY(data.merges, readMerges(merges));
    const Json description = byteLevelDescription(config, data.vocabulary);
    HEADLIGHT_TRY(Pipeline pipeline, makePipeline(description, std::move(data), { path.string(), "" }));
    applyConfig(config, pipeline);
    return pipeline;
}

} // namespace headlight
