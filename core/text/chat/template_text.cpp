#include "core/text/chat/template_text.h"

#include <algorithm>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace headlight::chat {
namespace {

constexpr std::string_view whiteSpace = " \t\n\r\f\v";

std::size_t lengthOf(char lead)
{
    const auto byte = static_cast<unsigned char>(lead);
    return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

icu::UnicodeString unicode(std::string_view text)
{
    return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), std::int32_t(text.size())));
}

std::string utf8(const icu::UnicodeString& text)
{
    std::string out;
    text.toUTF8String(out);
    return out;
}

bool isCased(std::string_view c)
{
    return u_hasBinaryProperty(unicode(c).char32At(0), UCHAR_CASED);
}

} // namespace

std::vector<std::string_view> codePoints(std::string_view text)
{
    std::vector<std::string_view> all;
    for (std::size_t i = 0; i < text.size(); i += all.back().size())
        all.push_back(text.substr(i, lengthOf(text[i])));
    return all;
}

std::string upper(const std::string& text)
{
    return utf8(unicode(text).toUpper(icu::Locale::getRoot()));
}

std::string lower(const std::string& text)
{
    return utf8(unicode(text).toLower(icu::Locale::getRoot()));
}

std::string capitalised(const std::string& text)
{
    if (text.empty())
        return text;
    const std::size_t first = codePoints(text).front().size();
    return upper(text.substr(0, first)) + lower(text.substr(first));
}

std::string titled(const std::string& text)
{
    std::string out;
    bool within = false;
    for (const std::string_view c : codePoints(text)) {
        out += within ? lower(std::string(c)) : upper(std::string(c));
        within = isCased(c);
    }
    return out;
}

std::string headlined(const std::string& text)
{
    constexpr std::string_view between = "-({[< \t\n\r\f\v";
    std::string out;
    bool begins = true;
    for (const std::string_view c : codePoints(text)) {
        const bool parts = between.find(c) != std::string_view::npos;
        out += parts ? std::string(c) : begins ? upper(std::string(c)) : lower(std::string(c));
        begins = parts;
    }
    return out;
}

std::string stripped(std::string_view text, Side side, const std::string* characters)
{
    const std::vector<std::string_view> all = codePoints(text), unwanted = codePoints(characters == nullptr ? whiteSpace : *characters);
    const auto goes = [&](std::string_view c) { return std::ranges::find(unwanted, c) != unwanted.end(); };
    std::size_t first = 0, last = all.size();
    while (side != Side::Right && first < last && goes(all[first]))
        ++first;
    while (side != Side::Left && last > first && goes(all[last - 1]))
        --last;
    std::string kept;
    for (std::size_t i = first; i < last; ++i)
        kept += all[i];
    return kept;
}

std::string replaced(std::string_view text, const std::string& what, const std::string& with, std::int64_t most)
{
    if (what.empty())
        throw TemplateProblem("replaces an empty text");
    std::string out;
    std::size_t from = 0;
    for (std::int64_t count = 0; most < 0 || count < most; ++count) {
        const std::size_t found = text.find(what, from);
        if (found == std::string_view::npos)
            break;
        out += text.substr(from, found - from);
        out += with;
        from = found + what.size();
    }
    return out += text.substr(from);
}

List split(std::string_view text, const std::string* separator, std::int64_t most)
{
    List parts;
    if (separator != nullptr) {
        if (separator->empty())
            throw TemplateProblem("splits at an empty text");
        for (std::size_t found = text.find(*separator); found != std::string_view::npos && (most < 0 || std::int64_t(parts.size()) < most);
             found = text.find(*separator)) {
            parts.emplace_back(std::string(text.substr(0, found)));
            text.remove_prefix(found + separator->size());
        }
        parts.emplace_back(std::string(text));
        return parts;
    }
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(whiteSpace), text.size()));
        if (text.empty())
            return parts;
        const bool last = most >= 0 && std::int64_t(parts.size()) >= most;
        const std::size_t end = last ? text.size() : std::min(text.find_first_of(whiteSpace), text.size());
        parts.emplace_back(last ? stripped(text, Side::Right) : std::string(text.substr(0, end)));
        text.remove_prefix(end);
    }
}

std::string joined(const List& items, const std::string& between)
{
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i)
        out += (i == 0 ? "" : between) + items[i].printed();
    return out;
}

} // namespace headlight::chat
