#include "core/text/formats/byte_level_families.h"

#include "core/io/json.h"
#include "core/text/formats/frame.h"
#include "core/text/word_patterns.h"

namespace headlight {
namespace {

enum class Family { Gpt2, Roberta, Clip, Whisper, Qwen2 };

/// What a part of a tokenizer class or the whole of a model type says.
constexpr std::pair<std::string_view, Family> classNames[] = {
    { "Roberta", Family::Roberta },
    { "Bart", Family::Roberta },
    { "Longformer", Family::Roberta },
    { "LED", Family::Roberta },
    { "CLIP", Family::Clip },
    { "Whisper", Family::Whisper },
    { "Qwen2", Family::Qwen2 },
    { "GPT", Family::Gpt2 },
    { "CodeGen", Family::Gpt2 },
};
constexpr std::pair<std::string_view, Family> modelTypes[] = {
    { "roberta", Family::Roberta },
    { "bart", Family::Roberta },
    { "longformer", Family::Roberta },
    { "led", Family::Roberta },
    { "clip", Family::Clip },
    { "clip_text_model", Family::Clip },
    { "whisper", Family::Whisper },
    { "qwen2", Family::Qwen2 },
    { "gpt2", Family::Gpt2 },
    { "gpt_neo", Family::Gpt2 },
    { "gpt_neox", Family::Gpt2 },
    { "gptj", Family::Gpt2 },
    { "opt", Family::Gpt2 },
    { "codegen", Family::Gpt2 },
    { "phi", Family::Gpt2 },
};

Family familyOf(const TokenizerConfig& config, const Vocabulary& vocabulary)
{
    for (const auto& [part, family] : classNames)
        if (config.tokenizerClass.find(part) != std::string::npos)
            return family;
    for (const auto& [type, family] : modelTypes)
        if (config.modelType == type)
            return family;
    const auto isAdded = [&](std::string_view content) {
        return vocabulary.id(content)
            || std::any_of(config.added.begin(), config.added.end(),
                [&](const AddedToken& token) { return token.content == content; });
    };
    return isAdded("a</w>")                 ? Family::Clip
        : isAdded("<|startoftranscript|>")  ? Family::Whisper
        : isAdded("<s>") && isAdded("</s>") ? Family::Roberta
        : isAdded("<|im_start|>")           ? Family::Qwen2
                                            : Family::Gpt2;
}

AddedToken special(const char* content)
{
    return { -1, content, false, false, false, false, true };
}

std::vector<AddedToken> usualTokens(Family family)
{
    if (family == Family::Clip)
        return { special("<|startoftext|>"), special("<|endoftext|>") };
    if (family != Family::Roberta)
        return { special("<|endoftext|>") };
    AddedToken mask = special("<mask>");
    mask.stripLeft = true; // takes the space before it, so that it stands for a whole word
    return { special("<s>"), special("<pad>"), special("</s>"), special("<unk>"), mask };
}

std::int64_t idAmong(const std::vector<AddedToken>& tokens, const std::string& content)
{
    const auto found = std::find_if(
        tokens.begin(), tokens.end(), [&](const AddedToken& token) { return token.content == content; });
    return found == tokens.end() ? -1 : found->id;
}

Json byteLevel(bool addPrefixSpace, bool trimOffsets = true)
{
    return { { "type", "ByteLevel" }, { "add_prefix_space", addPrefixSpace }, { "trim_offsets", trimOffsets },
        { "use_regex", true } };
}

/// A template of special tokens before and after the text; tokens that do not exist are left out.
Json around(std::initializer_list<std::string> before, std::initializer_list<std::string> after,
    const std::vector<AddedToken>& tokens)
{
    Json single = Json::array(), pair = Json::array(), special = Json::object();
    const auto put = [&](const std::string& content) {
        const std::int64_t id = idAmong(tokens, content);
        if (id < 0)
            return;
        const Json item{ { "SpecialToken", { { "id", content }, { "type_id", 0 } } } };
        single.push_back(item);
        pair.push_back(item);
        special[content] = { { "id", content }, { "ids", Json::array({ id }) },
            { "tokens", Json::array({ content }) } };
    };
    for (const std::string& content : before)
        put(content);
    single.push_back({ { "Sequence", { { "id", "A" }, { "type_id", 0 } } } });
    pair.push_back(single.back());
    pair.push_back({ { "Sequence", { { "id", "B" }, { "type_id", 0 } } } });
    for (const std::string& content : after)
        put(content);
    return { { "type", "TemplateProcessing" }, { "single", single }, { "pair", pair },
        { "special_tokens", special } };
}

Json robertaFrame(
    const std::string& cls, const std::string& sep, const std::vector<AddedToken>& tokens, bool trims)
{
    return { { "type", "RobertaProcessing" }, { "sep", Json::array({ sep, idAmong(tokens, sep) }) },
        { "cls", Json::array({ cls, idAmong(tokens, cls) }) }, { "trim_offsets", trims },
        { "add_prefix_space", false } };
}

Json postProcessor(Family family, const TokenizerConfig& config, const std::vector<AddedToken>& tokens)
{
    constexpr const char* end = "<|endoftext|>";
    switch (family) {
    case Family::Roberta:
        return robertaFrame(config.role("cls_token", "<s>"), config.role("sep_token", "</s>"), tokens, true);
    case Family::Clip:
        return robertaFrame(
            config.role("bos_token", "<|startoftext|>"), config.role("eos_token", end), tokens, false);
    case Family::Whisper:
        return around(
            { "<|startoftranscript|>", "<|notimestamps|>" }, { config.role("eos_token", end) }, tokens);
    case Family::Gpt2:
    case Family::Qwen2:
        break;
    }
    if (config.addBos.value_or(config.modelType == "opt"))
        return around({ config.role("bos_token", config.modelType == "opt" ? "</s>" : end) }, {}, tokens);
    return byteLevel(true, false);
}

Json model(Family family)
{
    return { { "type", "BPE" }, { "unk_token", nullptr }, { "continuing_subword_prefix", nullptr },
        { "end_of_word_suffix", family == Family::Clip ? Json("</w>") : Json() }, { "fuse_unk", false },
        { "byte_fallback", false } };
}

Json normalizer(Family family)
{
    if (family == Family::Qwen2)
        return { { "type", "NFC" } };
    if (family != Family::Clip)
        return nullptr;
    const Json spaces{ { "type", "Replace" }, { "pattern", { { "Regex", "\\s+" } } }, { "content", " " } };
    return { { "type", "Sequence" },
        { "normalizers",
            Json::array({ Json{ { "type", "NFC" } }, spaces, Json{ { "type", "Lowercase" } } }) } };
}

Json preTokenizer(Family family, const TokenizerConfig& config)
{
    if (family == Family::Qwen2)
        return splitThenBytes(words::qwen2);
    if (family != Family::Clip)
        return byteLevel(config.addPrefixSpace.value_or(false));
    const Json split{ { "type", "Split" }, { "pattern", { { "Regex", words::clip } } },
        { "behavior", "Removed" }, { "invert", true } };
    return { { "type", "Sequence" }, { "pretokenizers", Json::array({ split, byteLevel(false) }) } };
}

} // namespace

Json describe(const AddedToken& token)
{
    return { { "id", token.id }, { "content", token.content }, { "single_word", token.singleWord },
        { "lstrip", token.stripLeft }, { "rstrip", token.stripRight }, { "normalized", token.normalized },
        { "special", token.special } };
}

Json splitThenBytes(std::string_view expression)
{
    const Json split{ { "type", "Split" }, { "pattern", { { "Regex", expression } } },
        { "behavior", "Isolated" }, { "invert", false } };
    const Json bytes{ { "type", "ByteLevel" }, { "add_prefix_space", false }, { "trim_offsets", false },
        { "use_regex", false } };
    return { { "type", "Sequence" }, { "pretokenizers", Json::array({ split, bytes }) } };
}

Json byteLevelDescription(const TokenizerConfig& config, const Vocabulary& vocabulary)
{
    const Family family = familyOf(config, vocabulary);
    const std::vector<AddedToken> tokens = tokensToFind(config, usualTokens(family), vocabulary);
    Json added = Json::array();
    for (const AddedToken& token : tokens)
        added.push_back(describe(token));
    Json result{ { "added_tokens", added }, { "normalizer", normalizer(family) },
        { "pre_tokenizer", preTokenizer(family, config) },
        { "post_processor", postProcessor(family, config, tokens) }, { "decoder", byteLevel(true) },
        { "model", model(family) } };
    if (family == Family::Clip)
        result["model"]["unk_token"] = config.role("unk_token", "<|endoftext|>");
    return result;
}

} // namespace headlight
