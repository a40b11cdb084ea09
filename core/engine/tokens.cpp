#include "core/engine/tokens.h"

namespace headlight {
namespace {

constexpr std::string_view continuationMark = "##";

TokenInfo describePiece(const std::string& piece)
{
    TokenInfo info;
    info.piece = piece;
    info.continuation = piece.size() > continuationMark.size() && piece.starts_with(continuationMark);
    info.label = info.continuation ? piece.substr(continuationMark.size()) : piece;
    return info;
}

template <typename T>
void erase(std::vector<T>& values, std::size_t index)
{
    values.erase(values.begin() + std::ptrdiff_t(index));
}

} // namespace

std::int64_t cutEncoding(Encoding& encoding, std::int64_t limit)
{
    std::int64_t cut = 0;
    while (std::int64_t(encoding.size()) > limit) {
        std::array<std::int64_t, 2> count {}, last { -1, -1 };
        for (std::size_t i = 0; i < encoding.size(); ++i)
            if (const int sequence = encoding.sequenceIndex[i]; sequence >= 0) {
                ++count[std::size_t(sequence)];
                last[std::size_t(sequence)] = std::int64_t(i);
            }
        const std::int64_t index = count[1] > count[0] ? last[1] : last[0];
        if (index < 0)
            break; // only special tokens are left
        const auto i = std::size_t(index);
        erase(encoding.ids, i);
        erase(encoding.tokens, i);
        erase(encoding.offsets, i);
        erase(encoding.typeIds, i);
        erase(encoding.specialMask, i);
        erase(encoding.wordIndex, i);
        erase(encoding.sequenceIndex, i);
        ++cut;
    }
    return cut;
}

std::vector<TokenInfo> describeTokens(const Encoding& encoding, const Tokenizer& tokenizer)
{
    std::vector<TokenInfo> tokens;
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        TokenInfo info = describePiece(encoding.tokens[i]);
        info.special = encoding.specialMask[i] != 0 || tokenizer.isSpecial(encoding.ids[i]);
        info.word = encoding.wordIndex[i];
        info.sequence = encoding.sequenceIndex[i];
        info.characters = encoding.offsets[i];
        tokens.push_back(std::move(info));
    }
    return tokens;
}

std::vector<TokenInfo> describeIds(std::span<const std::int64_t> ids, const Tokenizer* tokenizer)
{
    std::vector<TokenInfo> tokens;
    for (const std::int64_t id : ids) {
        const std::string piece = tokenizer == nullptr ? std::string() : tokenizer->token(id);
        TokenInfo info = describePiece(piece.empty() ? std::to_string(id) : piece);
        info.special = tokenizer != nullptr && tokenizer->isSpecial(id);
        info.word = int(tokens.size());
        tokens.push_back(std::move(info));
    }
    return tokens;
}

std::vector<TokenInfo> describePatches(const PatchGrid& grid)
{
    std::vector<TokenInfo> tokens;
    for (int i = 0; i < grid.leadingTokens + grid.patches(); ++i) {
        TokenInfo info;
        if (const auto cell = grid.cellOfToken(i)) {
            info.patchRow = cell->row;
            info.patchColumn = cell->column;
            info.label = fmt::format("{},{}", cell->row, cell->column);
            info.word = i;
        } else {
            info.label = i == 0 ? "[CLS]" : fmt::format("[{}]", i);
            info.special = true;
            info.sequence = -1;
        }
        info.piece = info.label;
        tokens.push_back(std::move(info));
    }
    return tokens;
}

} // namespace headlight
