// Implements shown_tokens.h.

#include "ui/session/shown_tokens.h"

#include <algorithm>
#include <numeric>

namespace headlight::ui {

namespace {

QString textInWord(const TokenInfo& token)
{
    return QString::fromStdString(token.inWord.value_or(token.label));
}

/// Pre-tokenizers that know only letters cut before and behind a mark (GPT-2 in Devanagari), where no word
/// ends.
bool joinedByMark(const TokenInfo& before, const TokenInfo& here)
{
    const QString left = textInWord(before), right = textInWord(here);
    if (left.isEmpty() || right.isEmpty())
        return false;
    return right.front().isMark() || (left.back().isMark() && right.front().isLetter());
}

} // namespace

bool continuesWord(const TokenAxis& axis, int token)
{
    const TokenInfo *here = axis.info(token), *before = axis.info(token - 1);
    if (!here || !before || !here->continuation || here->special || before->special
        || here->sequence != before->sequence)
        return false;
    if (here->word == before->word)
        return true;
    // The later bytes of a character have no text of their own: what is before them has.
    for (int back = token - 1; before && before->inWord && before->inWord->empty() && back > 0; --back)
        before = axis.info(back - 1);
    return before && joinedByMark(*before, *here);
}

ShownTokens::ShownTokens(const TokenAxis& axis, const DisplaySettings& display)
    : m_places(std::size_t(std::max(axis.count(), 0)), -1)
{
    m_firsts.reserve(m_places.size());
    m_pieces.reserve(m_places.size());
    const bool mayJoin = display.joinWords && axis.words();
    for (int token = 0; token < axis.count(); ++token) {
        if (axis.hidden(token, display)) {
            m_hides = true;
            continue;
        }
        const bool goesOn = mayJoin && token > 0 && m_places[std::size_t(token - 1)] >= 0;
        if (goesOn && continuesWord(axis, token)) {
            ++m_pieces.back();
            m_joins = true;
        } else {
            m_firsts.push_back(token);
            m_pieces.push_back(1);
        }
        m_places[std::size_t(token)] = count() - 1;
    }
}

ShownTokens ShownTokens::withHidden(const TokenAxis& axis, DisplaySettings display)
{
    display.hideSpecialTokens = false;
    return { axis, display };
}

std::vector<int> ShownTokens::tokens(int place) const
{
    std::vector<int> all(static_cast<std::size_t>(pieces(place)));
    std::iota(all.begin(), all.end(), first(place));
    return all;
}

std::optional<int> ShownTokens::placeOf(int token) const
{
    if (token < 0 || std::size_t(token) >= m_places.size() || m_places[std::size_t(token)] < 0)
        return std::nullopt;
    return m_places[std::size_t(token)];
}

std::vector<int> ShownTokens::placesOf(std::span<const int> tokens) const
{
    std::vector<int> places;
    std::vector<bool> known(m_firsts.size(), false); // thousands of tokens may be chosen
    for (const int token : tokens) {
        const auto place = placeOf(token);
        if (!place || known[std::size_t(*place)])
            continue;
        known[std::size_t(*place)] = true;
        places.push_back(*place);
    }
    return places;
}

QString label(const TokenAxis& axis, const ShownTokens& shown, int place)
{
    if (shown.pieces(place) == 1)
        return axis.label(shown.first(place));
    std::string word;
    for (int token = shown.first(place); token < shown.first(place) + shown.pieces(place); ++token) {
        const TokenInfo& info = *axis.info(token);
        word += info.inWord.value_or(info.label);
    }
    return QString::fromStdString(word);
}

QString text(const TokenAxis& axis, const ShownTokens& shown, int place)
{
    return shown.pieces(place) == 1 ? axis.text(shown.first(place)) : label(axis, shown, place);
}

std::vector<float> summedPieces(std::span<const float> perToken, const ShownTokens& shown)
{
    std::vector<float> values(static_cast<std::size_t>(shown.count()), 0.0f);
    for (int place = 0; place < shown.count(); ++place) {
        const auto pieces =
            perToken.subspan(std::size_t(shown.first(place)), std::size_t(shown.pieces(place)));
        values[std::size_t(place)] = std::accumulate(pieces.begin(), pieces.end(), 0.0f);
    }
    return values;
}

std::vector<float> averagedPieces(std::span<const float> perToken, const ShownTokens& shown)
{
    std::vector<float> values = summedPieces(perToken, shown);
    for (int place = 0; place < shown.count(); ++place)
        values[std::size_t(place)] /= float(shown.pieces(place));
    return values;
}

void toggleWord(std::vector<int>& chosen, std::span<const int> word)
{
    const auto inWord = [&](int token) { return std::ranges::find(word, token) != word.end(); };
    if (std::erase_if(chosen, inWord) == 0)
        chosen.insert(chosen.end(), word.begin(), word.end());
}

} // namespace headlight::ui
