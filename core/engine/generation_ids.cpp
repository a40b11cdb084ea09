#include "core/engine/generation_ids.h"

#include "core/io/json.h"

namespace headlight {
namespace {

/// A key that holds one id or a list of them, as Hugging Face allows for eos_token_id.
Expected<std::vector<std::int64_t>> idsAt(const Json& json, const char* key, const std::string& where)
{
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (found == json.end() || found->is_null())
        return std::vector<std::int64_t>();
    if (found->is_array())
        return jsonOr<std::vector<std::int64_t>>(json, key, {}, where);
    HEADLIGHT_TRY(const std::int64_t id, jsonOr<std::int64_t>(json, key, 0, where));
    return std::vector<std::int64_t> { id };
}

/// The ids of both files; what generation_config.json says wins.
class Sources {
public:
    static Expected<Sources> read(const Checkpoint& checkpoint)
    {
        Sources sources;
        if (checkpoint.gguf() != nullptr) {
            HEADLIGHT_TRY(const Config config, checkpoint.config());
            sources.m_files.emplace_back(checkpoint.gguf()->path().string(), Json::parse(config.dump()));
            return sources;
        }
        for (const char* name : { "generation_config.json", "config.json" }) {
            std::error_code ignored;
            const std::filesystem::path file = checkpoint.folder() / name;
            if (!std::filesystem::exists(file, ignored))
                continue;
            HEADLIGHT_TRY(Json json, readJson(file));
            sources.m_files.emplace_back(file.string(), std::move(json));
        }
        return sources;
    }
    Expected<std::vector<std::int64_t>> ids(const char* key) const
    {
        for (const auto& [where, json] : m_files) {
            HEADLIGHT_TRY(std::vector<std::int64_t> found, idsAt(json, key, where));
            if (found.empty() && json.is_object() && json.contains("decoder")) { // pairs made of two models
                HEADLIGHT_TRY(found, idsAt(json["decoder"], key, where));
            }
            if (!found.empty())
                return found;
        }
        return std::vector<std::int64_t>();
    }

    const std::vector<std::pair<std::string, Json>>& files() const { return m_files; }

private:
    std::vector<std::pair<std::string, Json>> m_files;
};

/// Values of an object of ids ("lang_to_id"), by name; empty when it is absent.
Expected<std::map<std::string, std::int64_t>> namedIds(const Json& json, const char* key, const std::string& where)
{
    std::map<std::string, std::int64_t> named;
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (found == json.end() || !found->is_object())
        return named;
    for (const auto& [name, value] : found->items()) {
        HEADLIGHT_TRY(named[name], jsonGet<std::int64_t>(*found, name.c_str(), where));
    }
    return named;
}

/// "forced_decoder_ids": [[1, id], [2, id] ...], what follows the start; the ids from the first place on, up to one that
/// is left open.
std::vector<std::int64_t> forcedIds(const Json& json)
{
    std::vector<std::int64_t> ids;
    const auto found = json.is_object() ? json.find("forced_decoder_ids") : json.end();
    if (found == json.end() || !found->is_array())
        return ids;
    for (const Json& pair : *found) {
        const bool next = pair.is_array() && pair.size() == 2 && pair[0] == ids.size() + 1 && pair[1].is_number_integer();
        if (!next)
            break;
        ids.push_back(pair[1].get<std::int64_t>());
    }
    return ids;
}

/// Whisper's language, task and time stamps. Source: Radford et al. 2022, section 2.3.
Status readSpeech(const Sources& sources, GenerationIds& ids)
{
    for (const auto& [where, json] : sources.files()) {
        HEADLIGHT_TRY(const auto languages, namedIds(json, "lang_to_id", where));
        HEADLIGHT_TRY(const auto tasks, namedIds(json, "task_to_id", where));
        HEADLIGHT_TRY(const std::int64_t silent, jsonOr<std::int64_t>(json, "no_timestamps_token_id", -1, where));
        ids.afterLanguage = forcedIds(json);
        if (ids.afterLanguage.empty()) {
            for (const auto& [name, id] : languages)
                ids.languages.push_back(id);
            if (!languages.empty() && tasks.contains("transcribe"))
                ids.afterLanguage.push_back(tasks.at("transcribe"));
        }
        if (silent >= 0 && std::ranges::find(ids.afterLanguage, silent) == ids.afterLanguage.end())
            ids.afterLanguage.push_back(silent);
        if (!ids.afterLanguage.empty())
            return {};
    }
    return {};
}

/// BLIP's captions begin and end with tokens of its text configuration, whatever stands outside of it.
Status readCaption(const Sources& sources, GenerationIds& ids)
{
    constexpr std::int64_t usualStart = 30522, usualEnd = 102;
    for (const auto& [where, json] : sources.files()) {
        HEADLIGHT_TRY(const std::string type, jsonOr<std::string>(json, "model_type", "", where));
        if (type != "blip")
            continue;
        const auto found = json.find("text_config");
        const Json text = found != json.end() && found->is_object() ? *found : Json::object();
        HEADLIGHT_TRY(const std::int64_t start, jsonOr<std::int64_t>(text, "bos_token_id", usualStart, where));
        HEADLIGHT_TRY(const std::int64_t end, jsonOr<std::int64_t>(text, "sep_token_id", usualEnd, where));
        ids.decoderStart = { start };
        ids.ends = { end };
    }
    return {};
}

} // namespace

Expected<GenerationIds> GenerationIds::read(const Checkpoint& checkpoint)
{
    HEADLIGHT_TRY(const Sources sources, Sources::read(checkpoint));
    GenerationIds ids;
    HEADLIGHT_TRY(ids.ends, sources.ids("eos_token_id"));
    HEADLIGHT_TRY(ids.decoderStart, sources.ids("decoder_start_token_id"));
    if (ids.decoderStart.empty()) {
        HEADLIGHT_TRY(ids.decoderStart, sources.ids("bos_token_id"));
    }
    HEADLIGHT_TRY(const std::vector<std::int64_t> forced, sources.ids("forced_bos_token_id"));
    if (!ids.decoderStart.empty() && !forced.empty() && forced != ids.decoderStart)
        ids.decoderStart.push_back(forced.front());
    HEADLIGHT_TRY_STATUS(readSpeech(sources, ids));
    HEADLIGHT_TRY_STATUS(readCaption(sources, ids));
    HEADLIGHT_TRY(ids.suppressed, sources.ids("suppress_tokens"));
    HEADLIGHT_TRY(ids.suppressedFirst, sources.ids("begin_suppress_tokens"));
    return ids;
}

} // namespace headlight
