#include "core/text/pattern.h"

#include "core/io/json.h"
#include "core/text/unicode.h"
#include "core/text/utf16.h"

#include <unicode/regex.h>

namespace headlight {

struct Pattern::Expression {
    std::unique_ptr<icu::RegexPattern> compiled;
};

Expected<Pattern> Pattern::read(const Json& description, const Place& place)
{
    if (description.is_string())
        return literal(decodeUtf8(description.get<std::string>()));
    if (description.is_object() && description.contains("Regex")) {
        HEADLIGHT_TRY(const std::string expression, jsonGet<std::string>(description, "Regex", place.text()));
        return regex(expression, place);
    }
    HEADLIGHT_TRY(const std::string text, jsonGet<std::string>(description, "String", place.text()));
    return literal(decodeUtf8(text));
}

Pattern Pattern::literal(std::u32string text)
{
    Pattern pattern;
    pattern.m_literal = std::move(text);
    return pattern;
}

Expected<Pattern> Pattern::regex(std::string_view expression, const Place& place)
{
    Pattern pattern;
    pattern.m_words = wordFinder(expression);
    if (pattern.m_words)
        return pattern;
    UErrorCode status = U_ZERO_ERROR;
    UParseError at{};
    auto compiled = std::make_shared<Expression>();
    const auto source = icu::UnicodeString::fromUTF8({ expression.data(), std::int32_t(expression.size()) });
    compiled->compiled.reset(icu::RegexPattern::compile(source, 0, at, status));
    if (U_FAILURE(status) || !compiled->compiled)
        return Error{ ErrorKind::Unsupported,
            fmt::format("{}: the regular expression \"{}\" is not understood from character {} on ({}).",
                place.text(), expression, at.offset, u_errorName(status)) };
    pattern.m_expression = std::move(compiled);
    return pattern;
}

std::vector<Span> Pattern::matches(std::u32string_view text) const
{
    std::vector<Span> found;
    find(text, found);
    return found;
}

void Pattern::find(std::u32string_view text, std::vector<Span>& matches) const
{
    if (m_words) {
        m_words(text, matches);
        return;
    }
    if (!m_expression) {
        for (std::size_t at = 0; !m_literal.empty() && (at = text.find(m_literal, at)) != text.npos;
             at += m_literal.size())
            matches.push_back({ int(at), int(at + m_literal.size()) });
        return;
    }
    const Utf16 utf16(text);
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::RegexMatcher> matcher(m_expression->compiled->matcher(utf16.text, status));
    while (U_SUCCESS(status) && matcher->find(status)) {
        const auto begin = std::size_t(matcher->start(status)), end = std::size_t(matcher->end(status));
        if (begin < end)
            matches.push_back({ utf16.codePoint[begin], utf16.codePoint[end] });
    }
}

} // namespace headlight
