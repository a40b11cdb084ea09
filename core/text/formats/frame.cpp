#include "core/text/formats/frame.h"

#include "core/text/postprocessors/template.h"
#include "core/text/tokenizer_config.h"

namespace headlight {
namespace {

using Kind = TemplateItem::Kind;

/// "$A", "$B:1", "[SEP]" or "[SEP]:1"
Expected<TemplateItem> readItem(std::string_view word, const Pipeline& pipeline, const std::string& where)
{
    TemplateItem item;
    if (word.ends_with(":1")) {
        item.typeId = 1;
        word.remove_suffix(2);
    }
    if (word == "$A" || word == "$B") {
        item.kind = word == "$A" ? Kind::Text : Kind::Pair;
        return item;
    }
    item.kind = Kind::Special;
    const auto id = pipeline.id(word);
    if (!id)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: the vocabulary lacks \"{}\", which this kind of model wants around a text.",
                where, word) };
    item.ids = { *id };
    item.tokens = { std::string(word) };
    return item;
}

Expected<std::vector<TemplateItem>> readItems(
    std::string_view text, const Pipeline& pipeline, const std::string& where)
{
    std::vector<TemplateItem> items;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        HEADLIGHT_TRY(TemplateItem item, readItem(text.substr(begin, end - begin), pipeline, where));
        items.push_back(std::move(item));
        begin = end + 1;
    }
    return items;
}

} // namespace

Status applyFrame(const Frame& frame, Pipeline& pipeline, const std::string& where)
{
    HEADLIGHT_TRY(auto single, readItems(frame.single, pipeline, where));
    HEADLIGHT_TRY(auto pair, readItems(frame.pair, pipeline, where));
    pipeline.postProcessor = makeTemplate(std::move(single), std::move(pair));
    return {};
}

std::vector<AddedToken> tokensToFind(
    const TokenizerConfig& config, const std::vector<AddedToken>& usual, const Vocabulary& vocabulary)
{
    std::vector<AddedToken> tokens = config.added;
    std::int64_t next = vocabulary.size();
    for (const AddedToken& token : tokens)
        next = std::max(next, token.id + 1);
    const auto add = [&](AddedToken token, bool mayBeNew) {
        const auto same = [&](const AddedToken& known) { return known.content == token.content; };
        if (const auto known = std::find_if(tokens.begin(), tokens.end(), same); known != tokens.end()) {
            known->special = known->special || token.special;
            return;
        }
        const auto id = vocabulary.id(token.content);
        if (token.content.empty() || (!id && token.id < 0 && !mayBeNew))
            return;
        token.id = id ? *id : token.id >= 0 ? token.id : next++;
        tokens.push_back(std::move(token));
    };
    for (const AddedToken& token : usual) // its flags are better than those of a bare name
        add(token, false);
    for (const AddedToken& token : config.special)
        add(token, true);
    return tokens;
}

} // namespace headlight
