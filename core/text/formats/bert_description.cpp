#include "core/text/formats/bert_description.h"

#include "core/io/json.h"

namespace headlight {
namespace {

Json addedToken(const AddedToken& token)
{
    return { { "id", token.id }, { "content", token.content }, { "single_word", token.singleWord },
        { "lstrip", token.stripLeft }, { "rstrip", token.stripRight }, { "normalized", token.normalized },
        { "special", token.special } };
}

Json addedTokens(
    const BertDescription& settings, const Vocabulary& vocabulary, const std::vector<AddedToken>& added)
{
    Json list = Json::array();
    for (const AddedToken& token : added)
        list.push_back(addedToken(token));
    for (const std::string& content :
        { settings.pad, settings.unk, settings.cls, settings.sep, settings.mask }) {
        const bool known = std::any_of(
            added.begin(), added.end(), [&](const AddedToken& token) { return token.content == content; });
        if (const auto id = vocabulary.id(content); id && !known)
            list.push_back(addedToken({ *id, content, false, false, false, false, true }));
    }
    return list;
}

Json normalizer(const BertDescription& settings)
{
    if (!settings.basicTokenization)
        return nullptr;
    return { { "type", "BertNormalizer" }, { "clean_text", true },
        { "handle_chinese_chars", settings.splitIdeographs },
        { "strip_accents", settings.stripAccents ? Json(*settings.stripAccents) : Json() },
        { "lowercase", settings.lowercase } };
}

Json frame(const BertDescription& settings, std::int64_t clsId, std::int64_t sepId)
{
    const auto special = [](const std::string& token, int type) {
        return Json{ { "SpecialToken", { { "id", token }, { "type_id", type } } } };
    };
    const auto text = [](const char* name, int type) {
        return Json{ { "Sequence", { { "id", name }, { "type_id", type } } } };
    };
    const auto ids = [](const std::string& token, std::int64_t id) {
        return Json{ { "id", token }, { "ids", Json::array({ id }) }, { "tokens", Json::array({ token }) } };
    };
    const Json start = special(settings.cls, 0), end = special(settings.sep, 0);
    return { { "type", "TemplateProcessing" }, { "single", Json::array({ start, text("A", 0), end }) },
        { "pair", Json::array({ start, text("A", 0), end, text("B", 1), special(settings.sep, 1) }) },
        { "special_tokens",
            { { settings.cls, ids(settings.cls, clsId) }, { settings.sep, ids(settings.sep, sepId) } } } };
}

} // namespace

Expected<Json> bertDescription(const BertDescription& settings, const Vocabulary& vocabulary,
    const std::vector<AddedToken>& added, const Place& place)
{
    const auto cls = vocabulary.id(settings.cls), sep = vocabulary.id(settings.sep);
    if (!cls || !sep)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: the vocabulary lacks \"{}\", so this is not the vocabulary of a BERT.",
                place.text(), cls ? settings.sep : settings.cls) };
    return Json{ { "version", "1.0" }, { "truncation", nullptr }, { "padding", nullptr },
        { "added_tokens", addedTokens(settings, vocabulary, added) }, { "normalizer", normalizer(settings) },
        { "pre_tokenizer",
            { { "type", settings.basicTokenization ? "BertPreTokenizer" : "WhitespaceSplit" } } },
        { "post_processor", frame(settings, *cls, *sep) },
        { "decoder", { { "type", "WordPiece" }, { "prefix", "##" }, { "cleanup", true } } },
        { "model",
            { { "type", "WordPiece" }, { "unk_token", settings.unk }, { "continuing_subword_prefix", "##" },
                { "max_input_chars_per_word", 100 } } } };
}

} // namespace headlight
