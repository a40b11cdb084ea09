#pragma once
// What a tokenizer says of a text, in the words of the reference results.

#include "core/io/json.h"
#include "core/text/tokenizer.h"

namespace headlight::test {

/// -1, this program's word for "none", as the reference writes it.
inline Json withNulls(const std::vector<int>& values)
{
    Json list = Json::array();
    for (const int value : values)
        list.push_back(value < 0 ? Json() : Json(value));
    return list;
}

/// Everything the reference says of a case, which holds "text" and perhaps "text_pair".
inline Json answered(const Tokenizer& tokenizer, const Json& question)
{
    const std::string text = question.at("text"), pair = question.value("text_pair", "");
    const Encoding got = tokenizer.encode(
        text, question.contains("text_pair") ? std::optional<std::string_view>(pair) : std::nullopt);
    Json answer{ { "text", text }, { "ids", got.ids }, { "tokens", got.tokens }, { "offsets", got.offsets },
        { "type_ids", got.typeIds }, { "special_mask", got.specialMask },
        { "word_ids", withNulls(got.wordIndex) }, { "sequence_ids", withNulls(got.sequenceIndex) },
        { "decoded_keep_special", tokenizer.decode(got.ids, SkipSpecial::No) },
        { "decoded_skip_special", tokenizer.decode(got.ids, SkipSpecial::Yes) } };
    if (question.contains("text_pair"))
        answer["text_pair"] = pair;
    return answer;
}

} // namespace headlight::test
