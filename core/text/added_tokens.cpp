#include "core/text/added_tokens.h"

#include "core/text/unicode.h"

namespace headlight {

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer)
    : m_tokens(std::move(tokens))
{
    for (std::size_t i = 0; i < m_tokens.size(); ++i) {
        const AddedToken& token = m_tokens[i];
        m_byContent.emplace(token.content, i);
        m_byId.emplace(token.id, i);
        NormalizedString content(decodeUtf8(token.content));
        if (token.normalized && normalizer)
            normalizer->apply(content);
        (token.normalized ? m_normalized : m_raw).add(content.text(), std::int64_t(i));
    }
}

/// Gapless pieces from 0 to the end of the text. They overlap in one case, as in the reference: after a token
/// that took the white space on its right, a token that is white space is found there again.
std::vector<Piece> AddedTokens::cut(std::u32string_view text, const LongestMatch& index) const
{
    std::vector<Piece> pieces;
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size() && !index.empty();) {
        const auto match = index.find(text, at);
        if (!match) {
            ++at;
            continue;
        }
        const AddedToken& token = m_tokens[std::size_t(match->first)];
        std::size_t begin = at, end = at + match->second;
        at = end;
        const bool touchesWord = (begin > 0 && isWordCharacter(text[begin - 1]))
            || (end < text.size() && isWordCharacter(text[end]));
        if (token.singleWord && touchesWord)
            continue;
        while (token.stripLeft && begin > done && isWhiteSpace(text[begin - 1]))
            --begin;
        if (token.stripLeft) // the token before may have taken white space that this one begins with
            begin = std::max(begin, done);
        while (token.stripRight && end < text.size() && isWhiteSpace(text[end]))
            ++end;
        if (done < begin)
            pieces.push_back({ done, begin, -1 });
        if (begin < end)
            pieces.push_back({ begin, end, token.id });
        done = end;
    }
    if (done < text.size())
        pieces.push_back({ done, text.size(), -1 });
    return pieces;
}

PreTokenized AddedTokens::extract(std::u32string input, const Normalizer* normalizer) const
{
    PreTokenized result;
    const NormalizedString original(std::move(input));
    for (const Piece& raw : cut(original.text(), m_raw)) {
        NormalizedString part = original.slice(raw.begin, raw.end);
        const std::size_t offset = result.text.size();
        if (raw.isAdded()) {
            result.pieces.push_back({ offset, offset + part.size(), raw.addedId });
        } else {
            if (normalizer)
                normalizer->apply(part);
            for (const Piece& piece : cut(part.text(), m_normalized))
                result.pieces.push_back({ offset + piece.begin, offset + piece.end, piece.addedId });
        }
        result.text.append(part);
    }
    return result;
}

AddedTokens AddedTokens::searching(const std::vector<AddedToken>& sought) const
{
    std::vector<AddedToken> all = sought;
    all.insert(all.end(), m_tokens.begin(), m_tokens.end());
    AddedTokens result(std::move(all), nullptr);
    result.m_raw = {};
    result.m_normalized = {};
    for (std::size_t i = 0; i < sought.size(); ++i)
        result.m_raw.add(decodeUtf8(sought[i].content), std::int64_t(i));
    return result;
}

const AddedToken* AddedTokens::find(std::string_view content) const
{
    const auto found = m_byContent.find(std::string(content));
    return found == m_byContent.end() ? nullptr : &m_tokens[found->second];
}

const AddedToken* AddedTokens::find(std::int64_t id) const
{
    const auto found = m_byId.find(id);
    return found == m_byId.end() ? nullptr : &m_tokens[found->second];
}

} // namespace headlight
