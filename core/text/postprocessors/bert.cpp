// BERT's frame: [CLS] text [SEP], or [CLS] text [SEP] pair [SEP] with the pair in segment 1.

#include "core/io/json.h"
#include "core/text/postprocessors/postprocessors.h"
#include "core/text/postprocessors/template.h"

namespace headlight {
namespace {

using Kind = TemplateItem::Kind;

/// ["[SEP]", 102]
Expected<TemplateItem> readToken(const Json& description, const char* key, const Place& place)
{
    using TokenAndId = std::pair<std::string, std::int64_t>;
    HEADLIGHT_TRY(TokenAndId token, jsonGet<TokenAndId>(description, key, place.text()));
    return TemplateItem{ Kind::Special, 0, { token.second }, { token.first } };
}

} // namespace

Expected<PostProcessorPtr> makeBertProcessing(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const TemplateItem cls, readToken(description, "cls", place));
    HEADLIGHT_TRY(const TemplateItem sep, readToken(description, "sep", place));
    const TemplateItem text{ Kind::Text, 0, {}, {} }, pair{ Kind::Pair, 1, {}, {} };
    TemplateItem lastSep = sep;
    lastSep.typeId = 1;
    return makeTemplate({ cls, text, sep }, { cls, text, sep, pair, lastSep });
}

} // namespace headlight
