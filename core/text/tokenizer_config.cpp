#include "core/text/tokenizer_config.h"

#include "core/io/json.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

Expected<Json> readIfThere(const fs::path& path)
{
    std::error_code ignored;
    if (!fs::exists(path, ignored))
        return Json::object();
    HEADLIGHT_TRY(Json json, readJson(path));
    if (!json.is_object())
        return Error{ ErrorKind::BadFile, fmt::format("{}: expected an object.", path.string()) };
    return json;
}

/// Roles are given as "[CLS]" or as {"content": "[CLS]", ...}.
void readRoles(const Json& file, std::map<std::string, std::string>& roles)
{
    for (const char* role :
        { "cls_token", "sep_token", "pad_token", "unk_token", "mask_token", "bos_token", "eos_token" }) {
        const auto found = file.find(role);
        if (found == file.end())
            continue;
        if (found->is_string())
            roles[role] = found->get<std::string>();
        else if (found->is_object() && found->contains("content") && (*found)["content"].is_string())
            roles[role] = (*found)["content"].get<std::string>();
    }
}

Status readFlag(const Json& file, const char* key, std::optional<bool>& flag, const std::string& where)
{
    if (!file.contains(key) || file[key].is_null())
        return {};
    HEADLIGHT_TRY(flag, jsonGet<bool>(file, key, where));
    return {};
}

/// {"30522": {"content": "<x>", ...}}, of tokenizer_config.json.
Status readAddedWithFlags(const Json& file, std::vector<AddedToken>& added, const std::string& where)
{
    const auto list = file.find("added_tokens_decoder");
    if (list == file.end() || !list->is_object())
        return {};
    for (const auto& [key, body] : list->items()) {
        AddedToken token;
        token.id = std::atoll(key.c_str());
        HEADLIGHT_TRY(token.content, jsonGet<std::string>(body, "content", where));
        HEADLIGHT_TRY(token.singleWord, jsonOr<bool>(body, "single_word", false, where));
        HEADLIGHT_TRY(token.stripLeft, jsonOr<bool>(body, "lstrip", false, where));
        HEADLIGHT_TRY(token.stripRight, jsonOr<bool>(body, "rstrip", false, where));
        HEADLIGHT_TRY(token.special, jsonOr<bool>(body, "special", false, where));
        HEADLIGHT_TRY(token.normalized, jsonOr<bool>(body, "normalized", !token.special, where));
        added.push_back(std::move(token));
    }
    return {};
}

/// {"<x>": 30522}, of added_tokens.json; those with flags are known already.
void readAddedPlain(const Json& file, std::vector<AddedToken>& added)
{
    for (const auto& [content, id] : file.items()) {
        const bool known = std::any_of(added.begin(), added.end(),
            [&, &name = content](const AddedToken& token) { return token.content == name; });
        if (!known && id.is_number_integer())
            added.push_back({ id.get<std::int64_t>(), content, false, false, false, true, false });
    }
}

std::optional<std::int64_t> firstKnown(const Pipeline& pipeline, const TokenizerConfig& config,
    const char* role, std::initializer_list<const char*> usual)
{
    if (const auto found = config.roles.find(role); found != config.roles.end())
        return pipeline.id(found->second);
    for (const char* name : usual)
        if (const auto id = pipeline.id(name))
            return id;
    return std::nullopt;
}

} // namespace

std::string TokenizerConfig::role(const std::string& name, std::string_view fallback) const
{
    const auto found = roles.find(name);
    return found == roles.end() ? std::string(fallback) : found->second;
}

Expected<TokenizerConfig> readTokenizerConfig(const fs::path& folder)
{
    constexpr double noLimit = 1e9; // files without a limit say 1e30
    const std::string where = (folder / "tokenizer_config.json").string();
    HEADLIGHT_TRY(const Json file, readIfThere(folder / "tokenizer_config.json"));
    HEADLIGHT_TRY(const Json map, readIfThere(folder / "special_tokens_map.json"));
    HEADLIGHT_TRY(const Json addedFile, readIfThere(folder / "added_tokens.json"));
    TokenizerConfig config;
    readRoles(map, config.roles);
    readRoles(file, config.roles);
    HEADLIGHT_TRY(const double length, jsonOr<double>(file, "model_max_length", 0.0, where));
    if (length >= 1 && length < noLimit)
        config.maximumLength = std::int64_t(length);
    HEADLIGHT_TRY_STATUS(readFlag(file, "do_lower_case", config.lowercase, where));
    HEADLIGHT_TRY_STATUS(readFlag(file, "tokenize_chinese_chars", config.splitIdeographs, where));
    HEADLIGHT_TRY_STATUS(readFlag(file, "strip_accents", config.stripAccents, where));
    HEADLIGHT_TRY_STATUS(readFlag(file, "do_basic_tokenize", config.basicTokenization, where));
    HEADLIGHT_TRY(config.tokenizerClass, jsonOr<std::string>(file, "tokenizer_class", "", where));
    HEADLIGHT_TRY_STATUS(readAddedWithFlags(file, config.added, where));
    readAddedPlain(addedFile, config.added);
    return config;
}

void applyConfig(const TokenizerConfig& config, Pipeline& pipeline)
{
    SpecialTokenIds& special = pipeline.special;
    special.cls = firstKnown(pipeline, config, "cls_token", { "[CLS]", "<s>" });
    special.sep = firstKnown(pipeline, config, "sep_token", { "[SEP]", "</s>" });
    special.pad = firstKnown(pipeline, config, "pad_token", { "[PAD]", "<pad>" });
    special.mask = firstKnown(pipeline, config, "mask_token", { "[MASK]", "<mask>" });
    special.bos = firstKnown(pipeline, config, "bos_token", { "<s>" });
    special.eos = firstKnown(pipeline, config, "eos_token", { "</s>", "<|endoftext|>" });
    special.unk = firstKnown(pipeline, config, "unk_token", {});
    if (!special.unk)
        special.unk = pipeline.model->unknownId();
    pipeline.maximumLength = config.maximumLength;
}

} // namespace headlight
