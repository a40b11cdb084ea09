#pragma once
// What a tokenizer file means by a "pattern": a fixed text or a regular expression (run by ICU).

#include "core/text/normalized_string.h"
#include "core/text/part_list.h"
#include "core/text/word_patterns.h"

namespace headlight {

class Pattern {
public:
    /// From {"String": "..."}, {"Regex": "..."} or a bare string. Errors: BadFile, Unsupported (a regular
    /// expression that ICU does not accept).
    static Expected<Pattern> read(const Json& description, const Place& place);
    static Pattern literal(std::u32string text);
    static Expected<Pattern> regex(std::string_view expression, const Place& place);

    /// The non-overlapping, non-empty matches from left to right, in code points of `text`.
    std::vector<Span> matches(std::u32string_view text) const;
    /// Appends them.
    void find(std::u32string_view text, std::vector<Span>& matches) const;

private:
    struct Expression;
    std::u32string m_literal;
    std::shared_ptr<const Expression> m_expression; ///< null for a literal and for what m_words does
    FindWords m_words = nullptr; ///< a known expression, done by hand
};

} // namespace headlight
