#include "core/text/text_stream.h"

#include "core/text/tokenizer.h"

namespace headlight {

TextStream::TextStream(std::shared_ptr<const Tokenizer> tokenizer)
    : m_tokenizer(std::move(tokenizer))
{
}

std::string TextStream::push(std::int64_t id)
{
    constexpr std::string_view replacement = "\ufffd";
    if (m_tokenizer->isSpecial(id))
        return {};
    m_ids.push_back(id);
    if (decoded(0, m_ids.size()).ends_with(replacement))
        return {};
    return take();
}

std::string TextStream::finish()
{
    return take();
}

std::string TextStream::decoded(std::size_t begin, std::size_t end) const
{
    return m_tokenizer->decode(std::span(m_ids).subspan(begin, end - begin));
}

std::string TextStream::take()
{
    const std::string before = decoded(0, m_shown), now = decoded(0, m_ids.size());
    m_ids.erase(m_ids.begin(), m_ids.begin() + std::ptrdiff_t(m_shown));
    m_shown = m_ids.size();
    return now.size() > before.size() ? now.substr(before.size()) : std::string();
}

} // namespace headlight
