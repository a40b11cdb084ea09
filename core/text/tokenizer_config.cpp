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

/// "[CLS]" or {"content": "[CLS]", "lstrip": ...}; none for anything else.
std::optional<AddedToken> readSpecial(const Json& description)
{
    const auto flag = [&](const char* key, bool fallback) {
        const auto found = description.is_object() ? description.find(key) : description.end();
        return found != description.end() && found->is_boolean() ? found->get<bool>() : fallback;
    };
    AddedToken token;
    token.id = -1;
    token.special = true;
    if (description.is_string())
        token.content = description.get<std::string>();
    else if (description.is_object() && description.contains("content") && description["content"].is_string())
        token.content = description["content"].get<std::string>();
    else
        return std::nullopt;
    token.singleWord = flag("single_word", false);
    token.stripLeft = flag("lstrip", false);
    token.stripRight = flag("rstrip", false);
    token.normalized = flag("normalized", false);
    return token;
}

void addUnlessKnown(std::vector<AddedToken>& tokens, const AddedToken& token)
{
    const auto same = [&](const AddedToken& known) { return known.content == token.content; };
    if (std::none_of(tokens.begin(), tokens.end(), same))
        tokens.push_back(token);
}

void readRoles(const Json& file, TokenizerConfig& config)
{
    for (const char* role :
        { "cls_token", "sep_token", "pad_token", "unk_token", "mask_token", "bos_token", "eos_token" }) {
        const auto found = file.find(role);
        const auto token = found == file.end() ? std::nullopt : readSpecial(*found);
        if (!token)
            continue;
        config.roles[role] = token->content;
        addUnlessKnown(config.special, *token);
    }
    const auto additional = file.find("additional_special_tokens");
    if (additional == file.end() || !additional->is_array())
        return;
    for (const Json& description : *additional)
        if (const auto token = readSpecial(description))
            addUnlessKnown(config.special, *token);
}

Status readFlag(const Json& file, const char* key, std::optional<bool>& flag, const std::string& where)
{
    if (!file.contains(key) || file[key].is_null())
        return {};
    HEADLIGHT_TRY(flag, jsonGet<bool>(file, key, where));
    return {};
}

Status readFlags(const Json& file, TokenizerConfig& config, const std::string& where)
{
    const std::pair<const char*, std::optional<bool>*> flags[] = {
        { "do_lower_case", &config.lowercase },
        { "tokenize_chinese_chars", &config.splitIdeographs },
        { "strip_accents", &config.stripAccents },
        { "do_basic_tokenize", &config.basicTokenization },
        { "keep_accents", &config.keepAccents },
        { "add_prefix_space", &config.addPrefixSpace },
        { "add_bos_token", &config.addBos },
        { "add_eos_token", &config.addEos },
    };
    for (const auto& [key, flag] : flags)
        HEADLIGHT_TRY_STATUS(readFlag(file, key, *flag, where));
    return {};
}

Status readNames(const Json& file, TokenizerConfig& config, const std::string& where)
{
    constexpr std::string_view fast = "Fast";
    HEADLIGHT_TRY(config.tokenizerClass, jsonOr<std::string>(file, "tokenizer_class", "", where));
    if (config.tokenizerClass.ends_with(fast))
        config.tokenizerClass.resize(config.tokenizerClass.size() - fast.size());
    HEADLIGHT_TRY(config.sourceLanguage, jsonOr<std::string>(file, "src_lang", "", where));
    HEADLIGHT_TRY(config.wordDelimiter, jsonOr<std::string>(file, "word_delimiter_token", "|", where));
    HEADLIGHT_TRY(const auto extraIds, jsonOr<std::int64_t>(file, "extra_ids", -1, where));
    if (extraIds >= 0 && extraIds <= 10000)
        config.extraIds = extraIds;
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
    HEADLIGHT_TRY(const Json model, readIfThere(folder / "config.json"));
    TokenizerConfig config;
    readRoles(map, config);
    readRoles(file, config);
    HEADLIGHT_TRY(const double length, jsonOr<double>(file, "model_max_length", 0.0, where));
    if (length >= 1 && length < noLimit)
        config.maximumLength = std::int64_t(length);
    HEADLIGHT_TRY_STATUS(readFlags(file, config, where));
    HEADLIGHT_TRY_STATUS(readNames(file, config, where));
    if (model.contains("model_type") && model["model_type"].is_string())
        config.modelType = model["model_type"].get<std::string>();
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
