// WordPiece: a word becomes the longest token it starts with, then the longest "##" token the rest starts
// with, and so on. Source: Wu et al. 2016; greedy as in Devlin et al. 2019.

#include "core/io/json.h"
#include "core/text/models/models.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

struct WordPieceSettings {
    std::int64_t unknownId = 0;
    std::string prefix; ///< of tokens that continue a word
    std::size_t longestWord = 0; ///< code points; a longer word is unknown as a whole
};

class WordPiece final : public SubwordModel {
public:
    WordPiece(Vocabulary vocabulary, WordPieceSettings settings)
        : m_vocabulary(std::move(vocabulary))
        , m_settings(std::move(settings))
    {
    }

    void tokenize(std::u32string_view piece, std::vector<PieceToken>& tokens) const override
    {
        const std::size_t before = tokens.size();
        if (piece.size() <= m_settings.longestWord && spell(piece, tokens))
            return;
        tokens.resize(before);
        tokens.push_back({ m_settings.unknownId, { 0, int(piece.size()) } });
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }
    std::optional<std::int64_t> unknownId() const override { return m_settings.unknownId; }

private:
    /// False when some part of the word is not in the vocabulary.
    bool spell(std::u32string_view word, std::vector<PieceToken>& tokens) const
    {
        std::string candidate;
        for (std::size_t begin = 0; begin < word.size();) {
            candidate.assign(begin == 0 ? "" : m_settings.prefix);
            const PieceToken match = longestMatch(word.substr(begin), candidate);
            if (match.span.end == 0)
                return false;
            tokens.push_back({ match.id, { int(begin), int(begin) + match.span.end } });
            begin += std::size_t(match.span.end);
        }
        return true;
    }

    /// The longest token that `candidate` plus a beginning of `rest` spells; an empty span when there is
    /// none.
    PieceToken longestMatch(std::u32string_view rest, std::string& candidate) const
    {
        int length = 0;
        for (; length < int(rest.size()) && candidate.size() < m_vocabulary.longestToken(); ++length)
            appendUtf8(candidate, rest[std::size_t(length)]);
        for (; length > 0; --length) {
            if (const auto id = m_vocabulary.id(candidate))
                return { *id, { 0, length } };
            while ((std::uint8_t(candidate.back()) & 0xc0) == 0x80) // the trail bytes of the last code point
                candidate.pop_back();
            candidate.pop_back();
        }
        return {};
    }

    Vocabulary m_vocabulary;
    WordPieceSettings m_settings;
};

} // namespace

Expected<SubwordModelPtr> makeWordPiece(SubwordModelSource source)
{
    const std::string where = source.place.text();
    WordPieceSettings settings;
    HEADLIGHT_TRY(
        settings.prefix, jsonOr<std::string>(source.description, "continuing_subword_prefix", "##", where));
    HEADLIGHT_TRY(const std::int64_t longest,
        jsonOr<std::int64_t>(source.description, "max_input_chars_per_word", 100, where));
    settings.longestWord = std::size_t(std::max<std::int64_t>(longest, 0));
    HEADLIGHT_TRY(
        const std::string unknown, jsonOr<std::string>(source.description, "unk_token", "[UNK]", where));
    const auto unknownId = source.data.vocabulary.id(unknown);
    if (!unknownId)
        return Error{ ErrorKind::BadFile,
            fmt::format(
                "{}: the vocabulary lacks \"{}\", the token for what it cannot spell.", where, unknown) };
    settings.unknownId = *unknownId;
    return SubwordModelPtr(
        std::make_unique<WordPiece>(std::move(source.data.vocabulary), std::move(settings)));
}

} // namespace headlight
