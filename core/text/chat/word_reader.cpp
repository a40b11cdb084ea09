#include "core/text/chat/word_reader.h"

#include "core/text/chat/template_value.h"

#include <fmt/format.h>

namespace headlight::chat {

void WordReader::fail(const std::string& problem) const
{
    throw TemplateProblem(fmt::format("{} (line {})", problem, peek().line));
}

void WordReader::expectSign(std::string_view text)
{
    if (!takeSign(text))
        fail(fmt::format("lacks a \"{}\" before \"{}\"", text, peek().text));
}

std::string WordReader::expectName()
{
    if (peek().kind != Word::Kind::Name)
        fail(fmt::format("has \"{}\" where a name belongs", peek().text));
    return take().text;
}

void WordReader::expect(Word::Kind kind, std::string_view what)
{
    if (peek().kind != kind)
        fail(fmt::format("has \"{}\" where {} belongs", peek().text, what));
    take();
}

} // namespace headlight::chat
