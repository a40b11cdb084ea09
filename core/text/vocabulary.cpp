#include "core/text/vocabulary.h"

namespace headlight {

Status Vocabulary::add(std::string token, std::int64_t id)
{
    if (id < 0 || id > largestTokenId)
        return Error{ ErrorKind::BadFile,
            fmt::format("the vocabulary gives the token \"{}\" the id {}, expected 0 to {}.", token, id,
                largestTokenId) };
    m_longest = std::max(m_longest, token.size());
    const std::string_view view = m_tokens.emplace_back(std::move(token));
    m_ids[view] = id;
    if (std::size_t(id) >= m_byId.size())
        m_byId.resize(std::size_t(id) + 1);
    m_byId[std::size_t(id)] = view;
    return {};
}

std::string_view Vocabulary::token(std::int64_t id) const
{
    return id >= 0 && id < size() ? m_byId[std::size_t(id)] : std::string_view();
}

} // namespace headlight
