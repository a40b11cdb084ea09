#pragma once
// How the parsers go through the words of a template.

#include "core/text/chat/template_lexer.h"

#include <algorithm>
#include <span>

namespace headlight::chat {

/// The words of a template, taken one by one.
class WordReader {
public:
    explicit WordReader(std::span<const Word> words)
        : m_words(words)
    {
    }
    const Word& peek(std::size_t ahead = 0) const { return m_words[std::min(m_at + ahead, m_words.size() - 1)]; }
    Word take() { return m_words[std::min(m_at++, m_words.size() - 1)]; }
    bool isSign(std::string_view text, std::size_t ahead = 0) const { return is(Word::Kind::Sign, text, ahead); }
    bool isName(std::string_view text, std::size_t ahead = 0) const { return is(Word::Kind::Name, text, ahead); }
    bool takeSign(std::string_view text) { return isSign(text) && (++m_at, true); }
    bool takeName(std::string_view text) { return isName(text) && (++m_at, true); }
    /// Problems: another word stands there.
    void expectSign(std::string_view text);
    std::string expectName();
    void expect(Word::Kind kind, std::string_view what);
    [[noreturn]] void fail(const std::string& problem) const;

private:
    bool is(Word::Kind kind, std::string_view text, std::size_t ahead) const
    {
        return peek(ahead).kind == kind && peek(ahead).text == text;
    }
    std::span<const Word> m_words;
    std::size_t m_at = 0;
};

} // namespace headlight::chat
