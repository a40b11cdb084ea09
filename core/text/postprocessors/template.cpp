#include "core/text/postprocessors/template.h"

#include "core/io/json.h"
#include "core/text/postprocessors/postprocessors.h"

namespace headlight {
namespace {

using Items = std::vector<TemplateItem>;
using Kind = TemplateItem::Kind;

Encoding encodingOf(const TemplateItem& special)
{
    Encoding encoding;
    const std::size_t count = special.ids.size();
    encoding.ids = special.ids;
    encoding.tokens = special.tokens;
    encoding.offsets.assign(count, { 0, 0 });
    encoding.typeIds.assign(count, special.typeId);
    encoding.specialMask.assign(count, 1);
    encoding.wordIndex.assign(count, -1);
    encoding.sequenceIndex.assign(count, -1);
    return encoding;
}

class Template final : public PostProcessor {
public:
    Template(Items single, Items pair)
        : m_single(std::move(single))
        , m_pair(std::move(pair))
    {
    }
    void process(std::vector<Encoding>& parts, SpecialTokens add) const override
    {
        std::vector<Encoding> result;
        for (const TemplateItem& item : parts.size() > 1 ? m_pair : m_single) {
            if (item.kind == Kind::Special) {
                if (add == SpecialTokens::Add)
                    result.push_back(encodingOf(item));
                continue;
            }
            result.push_back(parts[item.kind == Kind::Text ? 0 : 1]);
            result.back().typeIds.assign(result.back().size(), item.typeId);
        }
        parts = std::move(result);
    }

private:
    Items m_single, m_pair;
};

/// {"Sequence": {"id": "A", "type_id": 0}} or {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
Expected<TemplateItem> readItem(const Json& description, const Json& specialTokens, const Place& place)
{
    const std::string where = place.text();
    const bool isText = description.is_object() && description.contains("Sequence");
    HEADLIGHT_TRY(const Json body, jsonGet<Json>(description, isText ? "Sequence" : "SpecialToken", where));
    HEADLIGHT_TRY(const std::string id, jsonGet<std::string>(body, "id", where));
    TemplateItem item;
    HEADLIGHT_TRY(item.typeId, jsonOr<std::int64_t>(body, "type_id", 0, where));
    if (isText) {
        if (id != "A" && id != "B")
            return Error{ ErrorKind::BadFile,
                fmt::format("{}: \"{}\" is neither text A nor text B.", where, id) };
        item.kind = id == "A" ? Kind::Text : Kind::Pair;
        return item;
    }
    item.kind = Kind::Special;
    HEADLIGHT_TRY(const Json token, jsonGet<Json>(specialTokens, id.c_str(), where + ", special_tokens"));
    HEADLIGHT_TRY(item.ids, jsonGet<std::vector<std::int64_t>>(token, "ids", where));
    HEADLIGHT_TRY(item.tokens, jsonGet<std::vector<std::string>>(token, "tokens", where));
    if (item.ids.size() != item.tokens.size())
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{}: \"{}\" has {} ids and {} tokens.", where, id, item.ids.size(), item.tokens.size()) };
    return item;
}

Expected<Items> readItems(const Json& description, const char* key, const Place& place)
{
    const Json none = Json::object();
    const Json& specialTokens = description.contains("special_tokens") ? description["special_tokens"] : none;
    HEADLIGHT_TRY(const auto elements, partElements(description, key, place));
    Items items;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        HEADLIGHT_TRY(TemplateItem item, readItem(*elements[i], specialTokens, place.element(key, i)));
        items.push_back(std::move(item));
    }
    return items;
}

} // namespace

Expected<TemplateItem> readTemplateToken(const Json& description, const char* key, const Place& place)
{
    using TokenAndId = std::pair<std::string, std::int64_t>;
    HEADLIGHT_TRY(TokenAndId token, jsonGet<TokenAndId>(description, key, place.text()));
    return TemplateItem{ Kind::Special, 0, { token.second }, { token.first } };
}

PostProcessorPtr makeTemplate(std::vector<TemplateItem> single, std::vector<TemplateItem> pair)
{
    return std::make_unique<Template>(std::move(single), std::move(pair));
}

Expected<PostProcessorPtr> makeTemplateProcessing(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(Items single, readItems(description, "single", place));
    HEADLIGHT_TRY(Items pair, readItems(description, "pair", place));
    if (std::any_of(
            single.begin(), single.end(), [](const TemplateItem& item) { return item.kind == Kind::Pair; }))
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: the template for a single text mentions a second one.", place.text()) };
    return makeTemplate(std::move(single), std::move(pair));
}

} // namespace headlight
