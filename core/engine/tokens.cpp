#include "core/engine/tokens.h"

#include "core/engine/character_parts.h"

namespace headlight {
namespace {

/// How the pieces of a vocabulary say where words begin.
enum class WordMark {
    Hashes, ///< "##ing" goes on (WordPiece)
    Leading, ///< "\u0120the" or "\u2581the" begins a word (byte-level BPE, SentencePiece)
    Trailing, ///< "the</w>" ends one (CLIP)
    None, ///< characters, or no vocabulary at hand
};

constexpr std::string_view hashes = "##", byteSpace = "\u0120", metaSpace = "\u2581", wordEnd = "</w>", unreadable = "\uFFFD";

WordMark wordMark(const Tokenizer* tokenizer)
{
    if (tokenizer == nullptr)
        return WordMark::None;
    for (const std::string_view mark : { byteSpace, metaSpace })
        if (tokenizer->id(mark) || tokenizer->id(std::string(mark) + "a"))
            return WordMark::Leading;
    if (tokenizer->id("a</w>"))
        return WordMark::Trailing;
    return WordMark::Hashes;
}

/// White space a person can see.
std::string visible(std::string text)
{
    if (text.find_first_not_of(" \n\t\r") != std::string::npos)
        return text.front() == ' ' ? text.substr(1) : text;
    std::string shown;
    for (const char c : text)
        shown += c == '\n' ? "\u21b5" : c == '\t' ? "\u21e5" : c == '\r' ? "\u240d" : "\u2423";
    return shown;
}

/// Pieces to labels, in the order of a text: what continues a word depends on the piece before.
class PieceReader {
public:
    explicit PieceReader(const Tokenizer* tokenizer)
        : m_tokenizer(tokenizer)
        , m_mark(wordMark(tokenizer))
    {
    }
    TokenInfo operator()(const std::string& piece, std::int64_t id)
    {
        TokenInfo info;
        info.piece = piece;
        info.special = m_tokenizer != nullptr && m_tokenizer->isSpecial(id);
        info.continuation = !info.special && continues(piece);
        info.label = info.special ? piece : label(piece, id);
        if (info.label == "\u2423")
            info.inWord.emplace(); // a space that begins a word of several tokens
        m_open = !info.special && (m_mark == WordMark::Leading || !piece.ends_with(wordEnd));
        return info;
    }

private:
    bool continues(const std::string& piece) const
    {
        switch (m_mark) {
        case WordMark::Hashes:
            return piece.size() > hashes.size() && piece.starts_with(hashes);
        case WordMark::Leading:
            return m_open && !piece.starts_with(byteSpace) && !piece.starts_with(metaSpace);
        case WordMark::Trailing:
            return m_open;
        case WordMark::None:
            return false;
        }
        return false;
    }
    std::string label(const std::string& piece, std::int64_t id) const
    {
        if (m_mark == WordMark::Hashes)
            return continues(piece) ? piece.substr(hashes.size()) : piece;
        if (m_mark == WordMark::None)
            return piece;
        const std::string text = m_tokenizer->decode({ &id, 1 }, SkipSpecial::No);
        if (text.empty() || text.find(unreadable) != std::string::npos)
            return piece.starts_with(metaSpace) && piece.size() == metaSpace.size() ? "\u2423" : piece; // part of a character
        return visible(text);
    }

    const Tokenizer* m_tokenizer;
    WordMark m_mark;
    bool m_open = false; ///< the word before may go on
};

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

void padEncoding(Encoding& encoding, std::int64_t length, const Tokenizer& tokenizer)
{
    const auto pad = tokenizer.special().pad;
    while (pad && std::int64_t(encoding.size()) < length) {
        encoding.ids.push_back(*pad);
        encoding.tokens.push_back(tokenizer.token(*pad));
        encoding.offsets.emplace_back(0, 0);
        encoding.typeIds.push_back(0);
        encoding.specialMask.push_back(1);
        encoding.wordIndex.push_back(-1);
        encoding.sequenceIndex.push_back(-1);
    }
}

std::vector<TokenInfo> describeTokens(const Encoding& encoding, const Tokenizer& tokenizer)
{
    std::vector<TokenInfo> tokens;
    PieceReader read(&tokenizer);
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        TokenInfo info = read(encoding.tokens[i], encoding.ids[i]);
        info.special = info.special || encoding.specialMask[i] != 0;
        info.word = encoding.wordIndex[i];
        info.sequence = encoding.sequenceIndex[i];
        info.characters = encoding.offsets[i];
        tokens.push_back(std::move(info));
    }
    nameCharacterParts(tokens, bytesOfTokens(tokens, tokenizer));
    return tokens;
}

std::vector<TokenInfo> describeIds(std::span<const std::int64_t> ids, const Tokenizer* tokenizer)
{
    std::vector<TokenInfo> tokens;
    PieceReader read(tokenizer);
    for (const std::int64_t id : ids) {
        const std::string piece = tokenizer == nullptr ? std::string() : tokenizer->token(id);
        TokenInfo info = read(piece.empty() ? std::to_string(id) : piece, id);
        info.word = info.continuation && !tokens.empty() ? tokens.back().word : int(tokens.size());
        tokens.push_back(std::move(info));
    }
    if (tokenizer != nullptr)
        nameCharacterParts(tokens, bytesOfTokens(tokens, *tokenizer));
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
