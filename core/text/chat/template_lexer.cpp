#include "core/text/chat/template_lexer.h"

#include "core/text/chat/template_value.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace headlight::chat {
namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool isNamePart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

class Cutter {
public:
    explicit Cutter(std::string_view source)
        : m_source(source)
    {
        // One line break at the end belongs to the file, not to the template.
        if (m_source.ends_with('\n'))
            m_source.remove_suffix(1);
    }

    std::vector<Word> run()
    {
        while (m_at < m_source.size()) {
            const std::size_t tag = nextTag();
            takeText(tag);
            if (tag < m_source.size())
                takeTag();
        }
        add(Word::Kind::End, {});
        return std::move(m_words);
    }

private:
    std::string_view rest() const { return m_source.substr(m_at); }
    bool starts(std::string_view what) const { return rest().starts_with(what); }
    void skip(std::size_t count)
    {
        m_line += int(std::ranges::count(rest().substr(0, count), '\n'));
        m_at = std::min(m_at + count, m_source.size());
    }
    void add(Word::Kind kind, std::string text) { m_words.push_back({ kind, std::move(text), m_line }); }

    std::size_t nextTag() const
    {
        for (std::size_t i = m_at; i + 1 < m_source.size(); ++i)
            if (m_source[i] == '{' && (m_source[i + 1] == '{' || m_source[i + 1] == '%' || m_source[i + 1] == '#'))
                return i;
        return m_source.size();
    }

    /// The text before a tag, without what its minus or the rules take away.
    void takeText(std::size_t tag)
    {
        std::string_view text = m_source.substr(m_at, tag - m_at);
        const std::size_t whole = text.size();
        const char kind = tag + 1 < m_source.size() ? m_source[tag + 1] : ' ', mark = tag + 2 < m_source.size() ? m_source[tag + 2] : ' ';
        if (mark == '-' && kind != ' ') {
            while (!text.empty() && isSpace(text.back()))
                text.remove_suffix(1);
        } else if ((kind == '%' || kind == '#') && mark != '+') {
            const std::size_t last = text.find_last_not_of(" \t"), blanks = last == std::string_view::npos ? 0 : last + 1;
            const bool ownLine = blanks == 0 ? m_lineBegins : text[blanks - 1] == '\n';
            text = ownLine ? text.substr(0, blanks) : text;
        }
        if (!text.empty())
            add(Word::Kind::Text, std::string(text));
        m_lineBegins = false;
        skip(whole);
    }

    void takeTag()
    {
        const char kind = m_source[m_at + 1];
        if (kind == '#')
            return takeComment();
        skip(2);
        if (starts("-") || starts("+"))
            skip(1);
        const bool block = kind == '%';
        if (block && takeRaw())
            return;
        add(block ? Word::Kind::BeginBlock : Word::Kind::BeginPrint, {});
        const std::string_view end = block ? "%}" : "}}";
        for (m_open = 0;;) {
            while (m_at < m_source.size() && isSpace(m_source[m_at]))
                skip(1);
            if (m_at >= m_source.size())
                throw TemplateProblem(fmt::format("has a tag that is not closed (line {})", m_line));
            const bool minus = starts("-") && rest().substr(1).starts_with(end);
            const bool plus = starts("+") && rest().substr(1).starts_with(end); // keeps the line break
            if (plus)
                skip(1);
            if (minus || plus || (starts(end) && (block || m_open == 0))) {
                add(block ? Word::Kind::EndBlock : Word::Kind::EndPrint, {});
                return closeTag(minus, end.size(), block && !plus);
            }
            takeWord();
        }
    }

    /// White space after a tag: all of it after a minus, one line break after a block.
    void closeTag(bool minus, std::size_t length, bool block)
    {
        skip(length + (minus ? 1 : 0));
        if (minus)
            while (m_at < m_source.size() && isSpace(m_source[m_at]))
                skip(1);
        else if (block && starts("\n"))
            skip(1);
        else
            return;
        m_lineBegins = m_at > 0 && m_source[m_at - 1] == '\n';
    }

    void takeComment()
    {
        const std::size_t end = m_source.find("#}", m_at + 2);
        if (end == std::string_view::npos)
            throw TemplateProblem(fmt::format("has a comment that is not closed (line {})", m_line));
        const bool minus = m_source[end - 1] == '-';
        skip(end - m_at);
        closeTag(false, 2, true);
        while (minus && m_at < m_source.size() && isSpace(m_source[m_at]))
            skip(1);
    }

    /// {% raw %} … {% endraw %}: text, whatever it looks like.
    bool takeRaw()
    {
        const std::size_t name = rest().find_first_not_of(" \t\n");
        if (name == std::string_view::npos || !rest().substr(name).starts_with("raw") || isNamePart(rest().substr(name + 3).front()))
            return false;
        throw TemplateProblem(fmt::format("uses {{% raw %}} (line {})", m_line));
    }

    void takeWord()
    {
        const char c = m_source[m_at];
        if (c == '"' || c == '\'')
            return takeString(c);
        if (isDigit(c))
            return takeNumber();
        if (isNamePart(c)) {
            std::size_t length = 0;
            while (m_at + length < m_source.size() && isNamePart(m_source[m_at + length]))
                ++length;
            add(Word::Kind::Name, std::string(rest().substr(0, length)));
            return skip(length);
        }
        constexpr std::array<std::string_view, 6> pairs { "==", "!=", "<=", ">=", "//", "**" };
        for (const std::string_view pair : pairs)
            if (starts(pair)) {
                add(Word::Kind::Sign, std::string(pair));
                return skip(2);
            }
        constexpr std::string_view signs = "+-*/%~<>=()[]{},.:|";
        if (signs.find(c) == std::string_view::npos)
            throw TemplateProblem(fmt::format("has a \"{}\" in a tag (line {})", c, m_line));
        m_open += c == '{' ? 1 : c == '}' ? -1 : 0;
        add(Word::Kind::Sign, std::string(1, c));
        skip(1);
    }

    void takeString(char quote)
    {
        std::string text;
        std::size_t i = m_at + 1;
        for (; i < m_source.size() && m_source[i] != quote; ++i) {
            if (m_source[i] != '\\' || i + 1 == m_source.size()) {
                text += m_source[i];
                continue;
            }
            const char c = m_source[++i];
            constexpr std::string_view escapes = "n\nt\tr\r\\\\'\'\"\"b\bf\f";
            std::size_t found = 0;
            while (found < escapes.size() && escapes[found] != c)
                found += 2;
            if (found < escapes.size())
                text += escapes[found + 1];
            else if (c != '\n')
                text += { '\\', c };
        }
        if (i >= m_source.size())
            throw TemplateProblem(fmt::format("has a text that is not closed (line {})", m_line));
        add(Word::Kind::String, std::move(text));
        skip(i + 1 - m_at);
    }

    void takeNumber()
    {
        std::size_t length = 0;
        const auto digits = [&] {
            while (m_at + length < m_source.size() && (isDigit(m_source[m_at + length]) || m_source[m_at + length] == '_'))
                ++length;
        };
        digits();
        const bool real = m_at + length + 1 < m_source.size() && m_source[m_at + length] == '.' && isDigit(m_source[m_at + length + 1]);
        if (real) {
            ++length;
            digits();
        }
        std::string text(rest().substr(0, length));
        std::erase(text, '_');
        add(real ? Word::Kind::Real : Word::Kind::Integer, std::move(text));
        skip(length);
    }

    std::string_view m_source;
    std::size_t m_at = 0;
    int m_line = 1, m_open = 0; ///< braces of dicts that are open in a tag
    bool m_lineBegins = true; ///< the place is where a line begins, though no line break stands in the text before it
    std::vector<Word> m_words;
};

} // namespace

std::vector<Word> cutTemplate(std::string_view source)
{
    return Cutter(source).run();
}

} // namespace headlight::chat
