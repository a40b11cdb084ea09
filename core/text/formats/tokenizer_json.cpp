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

/// tokenizer_config.json overrules the normalizer, as BertTokenizerFast lets it.
void overrule(Json& description, const TokenizerConfig& config)
{
    const auto normalizer = description.find("normalizer");
    if (normalizer == description.end() || !normalizer->is_object()
        || normalizer->value("type", Json()) != "BertNormalizer")
        return;
    const std::pair<const char*, std::optional<bool>> flags[] = {
        { "lowercase", config.lowercase },
        { "handle_chinese_chars", config.splitIdeographs },
        { "strip_accents", config.stripAccents },
    };
    for (const auto& [key, value] : flags)
        if (value)
            (*normalizer)[key] = *value;
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
