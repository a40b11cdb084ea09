// vocab.txt, one token per line, the line's number its id. What tokenizer.json would say is written from the
// settings in tokenizer_config.json and their defaults.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/formats/bert_description.h"
#include "core/text/formats/formats.h"
#include "core/text/tokenizer_config.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

Expected<Vocabulary> readVocabulary(const fs::path& path)
{
    HEADLIGHT_TRY(const std::string bytes, readFile(path));
    Vocabulary vocabulary;
    std::int64_t id = 0;
    for (std::size_t begin = 0; begin < bytes.size(); ++id) {
        std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
        const std::size_t next = end + 1;
        if (end > begin && bytes[end - 1] == '\r')
            --end;
        HEADLIGHT_TRY_STATUS(vocabulary.add(bytes.substr(begin, end - begin), id));
        begin = next;
    }
    return vocabulary;
}

BertDescription settingsFrom(const TokenizerConfig& config)
{
    BertDescription settings;
    settings.lowercase = config.lowercase.value_or(true);
    settings.splitIdeographs = config.splitIdeographs.value_or(true);
    settings.stripAccents = config.stripAccents;
    settings.basicTokenization = config.basicTokenization.value_or(true);
    settings.unk = config.role("unk_token", settings.unk);
    settings.cls = config.role("cls_token", settings.cls);
    settings.sep = config.role("sep_token", settings.sep);
    settings.pad = config.role("pad_token", settings.pad);
    settings.mask = config.role("mask_token", settings.mask);
    return settings;
}

} // namespace

Expected<Pipeline> readBertVocabulary(const fs::path& path)
{
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(path.parent_path()));
    if (config.tokenizerClass == "BertJapaneseTokenizer")
        return Error{ ErrorKind::Unsupported,
            fmt::format(
                "{}: BertJapaneseTokenizer cuts words with a Japanese dictionary, which is not supported.",
                path.string()) };
    HEADLIGHT_TRY(Vocabulary vocabulary, readVocabulary(path));
    HEADLIGHT_TRY(const Json description,
        bertDescription(settingsFrom(config), vocabulary, config.added, { path.string(), "" }));
    HEADLIGHT_TRY(Pipeline pipeline, makePipeline(description, std::move(vocabulary), { path.string(), "" }));
    applyConfig(config, pipeline);
    return pipeline;
}

} // namespace headlight
