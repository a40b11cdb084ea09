#include "core/text/formats/vocabulary_json.h"

#include "core/io/json.h"

namespace headlight {

Expected<Vocabulary> readVocabularyJson(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const Json file, readJson(path));
    if (!file.is_object() || file.empty())
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: expected an object of tokens and ids.", path.string()) };
    Vocabulary vocabulary;
    for (const auto& [token, id] : file.items()) {
        if (!id.is_number_integer())
            return Error{ ErrorKind::BadFile,
                fmt::format("{} gives the token \"{}\" something that is no id.", path.string(), token) };
        HEADLIGHT_TRY_STATUS(vocabulary.add(token, id.get<std::int64_t>()));
    }
    return vocabulary;
}

} // namespace headlight
