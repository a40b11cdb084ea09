// tokenizer.json, Hugging Face's own format: every part by type, and the vocabulary.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/formats/formats.h"
#include "core/text/formats/model_data_filter.h"
#include "core/text/tokenizer_config.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

Expected<Json> parse(const fs::path& path, ModelDataFilter& filter)
{
    HEADLIGHT_TRY(const std::string bytes, readFile(path));
    try {
        Json description = Json::parse(bytes, std::ref(filter));
        if (!filter.status)
            return Error{ filter.status.error().kind,
                fmt::format("{}: {}", path.string(), filter.status.error().message) };
        return description;
    } catch (const Json::exception&) {
        HEADLIGHT_TRY(Json never, parseJson(bytes, path.string())); // says line and column
        return never;
    }
}

/// description[part], if it is of a type.
Json* partOfType(Json& description, const char* part, const char* type)
{
    const auto found = description.find(part);
    const bool fits =
        found != description.end() && found->is_object() && found->value("type", Json()) == type;
    return fits ? &*found : nullptr;
}

/// tokenizer_config.json overrules some settings, as the classes of BERT and of GPT-2 and its kin let it.
void overrule(Json& description, const TokenizerConfig& config)
{
    const auto set = [](Json* part, const char* key, std::optional<bool> value) {
        if (part && value)
            (*part)[key] = *value;
    };
    Json* normalizer = partOfType(description, "normalizer", "BertNormalizer");
    set(normalizer, "lowercase", config.lowercase);
    set(normalizer, "handle_chinese_chars", config.splitIdeographs);
    set(normalizer, "strip_accents", config.stripAccents);
    set(partOfType(description, "pre_tokenizer", "ByteLevel"), "add_prefix_space", config.addPrefixSpace);
}

} // namespace

Expected<Pipeline> readTokenizerJson(const fs::path& path)
{
    ModelDataFilter filter;
    HEADLIGHT_TRY(Json description, parse(path, filter));
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(path.parent_path()));
    if (description.is_object())
        overrule(description, config);
    HEADLIGHT_TRY(
        Pipeline pipeline, makePipeline(description, std::move(filter.data), { path.string(), "" }));
    applyConfig(config, pipeline);
    return pipeline;
}

} // namespace headlight
