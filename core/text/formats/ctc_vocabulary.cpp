// vocab.json alone, as wav2vec2 saves it: the characters that a CTC model writes, with "|" between words.

#include "core/io/json.h"
#include "core/text/formats/byte_level_families.h"
#include "core/text/formats/formats.h"
#include "core/text/formats/frame.h"
#include "core/text/formats/vocabulary_json.h"

namespace headlight {
namespace {

AddedToken special(const std::string& content)
{
    return { -1, content, false, false, false, false, true };
}

Json description(const TokenizerConfig& config, const std::vector<AddedToken>& tokens)
{
    constexpr int anyNumber = 1 << 20;
    Json added = Json::array();
    for (const AddedToken& token : tokens)
        added.push_back(describe(token));
    const Json everyCharacter{ { "type", "Split" }, { "pattern", { { "Regex", "(?s)." } } },
        { "behavior", "Isolated" }, { "invert", false } };
    const Json collapse{ { "type", "CTC" }, { "pad_token", config.role("pad_token", "<pad>") },
        { "word_delimiter_token", config.wordDelimiter }, { "cleanup", true } };
    const Json trim{ { "type", "Strip" }, { "content", " " }, { "start", anyNumber }, { "stop", anyNumber } };
    return { { "added_tokens", added },
        { "normalizer",
            { { "type", "Replace" }, { "pattern", { { "String", " " } } },
                { "content", config.wordDelimiter } } },
        { "pre_tokenizer", everyCharacter },
        { "decoder",
            { { "type", "Sequence" },
                { "decoders", Json::array({ collapse, Json{ { "type", "Fuse" } }, trim }) } } },
        { "model", { { "type", "WordLevel" }, { "unk_token", config.role("unk_token", "<unk>") } } } };
}

} // namespace

Expected<Pipeline> readCtcVocabulary(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(path.parent_path()));
    HEADLIGHT_TRY(Vocabulary vocabulary, readVocabularyJson(path));
    if (vocabulary.longestToken() > 64)
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{} stands alone, but its tokens are not the characters of a CTC model. Does merges.txt or "
                "another file of the tokenizer lack?",
                path.string()) };
    auto tokens = tokensToFind(
        config, { special("<pad>"), special("<s>"), special("</s>"), special("<unk>") }, vocabulary);
    for (AddedToken& token : tokens) // decoding needs the blank: it parts letters that are written twice
        token.special = token.special && token.content != config.role("pad_token", "<pad>");
    HEADLIGHT_TRY(Pipeline pipeline,
        makePipeline(description(config, tokens), std::move(vocabulary), { path.string(), "" }));
    applyConfig(config, pipeline);
    return pipeline;
}

} // namespace headlight
