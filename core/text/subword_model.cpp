#include "core/text/subword_model.h"

#include "core/io/json.h"
#include "core/text/models/models.h"

namespace headlight {
namespace {

struct ModelRow {
    std::string_view type;
    Expected<SubwordModelPtr> (*make)(SubwordModelSource source);
};

constexpr ModelRow rows[] = {
    { "BPE", makeBpe },
    { "Unigram", makeUnigram },
    { "WordLevel", makeWordLevel },
    { "WordPiece", makeWordPiece },
};

/// Old files do not name the type of their model; what it holds tells it.
std::string guessedType(const Json& description)
{
    if (description.contains("merges"))
        return "BPE";
    if (description.contains("unk_id"))
        return "Unigram";
    return description.contains("max_input_chars_per_word") ? "WordPiece" : "WordLevel";
}

} // namespace

Expected<SubwordModelPtr> makeSubwordModel(SubwordModelSource source)
{
    std::string type;
    if (source.description.is_object() && !source.description.contains("type"))
        type = guessedType(source.description);
    else {
        HEADLIGHT_TRY(type, partType(source.description, source.place));
    }
    std::vector<std::string_view> known;
    for (const ModelRow& row : rows) {
        if (row.type == type)
            return row.make(std::move(source));
        known.push_back(row.type);
    }
    return unknownPart(type, source.place, known);
}

} // namespace headlight
