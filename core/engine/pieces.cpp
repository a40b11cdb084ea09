#include "core/engine/pieces.h"

#include <algorithm>

namespace headlight {
namespace {

constexpr std::string_view goesOn = "##", wordMarks[]{ "▁", "Ġ" };

bool isSpecial(const std::string& piece)
{
    return piece.size() > 2
        && ((piece.front() == '[' && piece.back() == ']') || (piece.front() == '<' && piece.back() == '>'));
}

std::string_view markOf(const std::string& piece)
{
    for (const std::string_view mark : wordMarks)
        if (piece.starts_with(mark))
            return mark;
    return {};
}

} // namespace

std::vector<TokenInfo> tokensFromPieces(const std::vector<std::string>& pieces)
{
    const bool marked = std::any_of(
        pieces.begin(), pieces.end(), [](const std::string& piece) { return !markOf(piece).empty(); });
    std::vector<TokenInfo> tokens;
    int word = -1;
    for (const std::string& piece : pieces) {
        TokenInfo token;
        token.piece = piece;
        token.special = isSpecial(piece);
        token.sequence = token.special ? -1 : 0;
        const std::string_view mark = markOf(piece);
        const bool first = tokens.empty() || tokens.back().special;
        token.continuation =
            !token.special && !first && (piece.starts_with(goesOn) || (marked && mark.empty()));
        token.label = piece.starts_with(goesOn) && piece.size() > goesOn.size() ? piece.substr(goesOn.size())
                                                                                : piece.substr(mark.size());
        if (!token.special)
            token.word = word += token.continuation ? 0 : 1;
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace headlight
