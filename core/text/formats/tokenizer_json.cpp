// tokenizer.json, Hugging Face's own format: every part by type, and the vocabulary.

#include "core/io/file.h"
#include "core/io/json.h"
#include "core/text/formats/formats.h"
#include "core/text/tokenizer_config.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

/// Takes the entries of model.vocab out of the stream while the rest becomes a tree: a tree of 100,000
/// strings would take longer to build than all else together.
class VocabularyFilter {
public:
    /// nlohmann's parser callback: false drops what was just read.
    bool operator()(int depth, Json::parse_event_t event, Json& parsed)
    {
        using Event = Json::parse_event_t;
        if (event == Event::key && depth <= 2) {
            m_keys[depth] = parsed.get<std::string>();
            return true;
        }
        if (event == Event::object_start && depth == 2)
            m_inVocabulary = m_keys[1] == "model" && m_keys[2] == "vocab";
        else if (event == Event::object_end && depth == 2)
            m_inVocabulary = false;
        else if (m_inVocabulary && depth == 3)
            return take(event, parsed);
        return true;
    }

    Vocabulary vocabulary;
    Status status;

private:
    bool take(Json::parse_event_t event, const Json& parsed)
    {
        if (event == Json::parse_event_t::key) {
            m_token = parsed.get<std::string>();
            return false;
        }
        if (!status)
            return true;
        if (event == Json::parse_event_t::value && parsed.is_number_integer())
            status = vocabulary.add(std::move(m_token), parsed.get<std::int64_t>());
        else
            status = Error{ ErrorKind::BadFile,
                fmt::format("the vocabulary gives the token \"{}\" something that is no id.", m_token) };
        return true;
    }

    std::string m_keys[3]; ///< the last key read at each depth
    std::string m_token;
    bool m_inVocabulary = false;
};

Expected<Json> parse(const fs::path& path, VocabularyFilter& filter)
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

Expected<Pipeline> readTokenizerJson(const fs::path& folder)
{
    const fs::path path = folder / "tokenizer.json";
    VocabularyFilter filter;
    HEADLIGHT_TRY(Json description, parse(path, filter));
    HEADLIGHT_TRY(const TokenizerConfig config, readTokenizerConfig(folder));
    if (description.is_object())
        overrule(description, config);
    HEADLIGHT_TRY(
        Pipeline pipeline, makePipeline(description, std::move(filter.vocabulary), { path.string(), "" }));
    applyConfig(config, pipeline);
    return pipeline;
}

} // namespace headlight
