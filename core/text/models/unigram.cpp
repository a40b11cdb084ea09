// Unigram: of all ways to write a piece in tokens, the one with the largest sum of log-probabilities.
// Source: Kudo 2018; the search is Viterbi's.

#include "core/text/models/unigram.h"

#include "core/base/check.h"
#include "core/io/json.h"
#include "core/text/byte_trie.h"
#include "core/text/models/models.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

constexpr std::int32_t noToken = -1;
constexpr double unknownPenalty = 10; ///< below the worst token

/// The best way to write the piece up to some byte.
struct Best {
    double score = 0;
    std::int32_t id = noToken;
    std::int32_t begin = -1; ///< of its last token; -1 when nothing ends here
};

class Unigram final : public SubwordModel {
public:
    Unigram(Vocabulary vocabulary, std::vector<double> scores, UnigramSettings settings)
        : m_vocabulary(std::move(vocabulary))
        , m_scores(std::move(scores))
        , m_settings(std::move(settings))
        , m_trie(entries())
    {
        for (int byte = 0; byte < 256; ++byte)
            m_bytes[std::size_t(byte)] =
                std::int32_t(m_vocabulary.id(fmt::format("<0x{:02X}>", byte)).value_or(noToken));
    }

    void tokenize(std::u32string_view piece, std::vector<PieceToken>& tokens) const override
    {
        if (piece.empty())
            return;
        const std::string bytes = encodeUtf8(piece);
        const std::vector<Best> best = search(bytes);
        std::vector<PieceToken> reversed; // spans in bytes
        for (auto end = std::int32_t(bytes.size()); end > 0; end = best[std::size_t(end)].begin) {
            const Best& last = best[std::size_t(end)];
            if (last.id == noToken && !reversed.empty() && reversed.back().id == noToken)
                reversed.back().span.begin = last.begin; // neighbours that are unknown become one
            else
                reversed.push_back({ last.id, { last.begin, end } });
        }
        std::reverse(reversed.begin(), reversed.end());
        append(piece, bytes, reversed, tokens);
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }
    std::optional<std::int64_t> unknownId() const override { return m_settings.unknownId; }
    bool showsUnknownText() const override { return true; }

private:
    std::vector<std::pair<std::string_view, std::int32_t>> entries() const
    {
        std::vector<std::pair<std::string_view, std::int32_t>> result;
        for (std::int64_t id = 0; id < m_vocabulary.size(); ++id)
            if (m_settings.matchable.empty() || m_settings.matchable[std::size_t(id)])
                result.emplace_back(m_vocabulary.token(id), std::int32_t(id));
        return result;
    }
    double sum(double before, double score) const
    {
        return m_settings.singlePrecision ? double(float(before + score)) : before + score;
    }
    static std::size_t characterLength(char first)
    {
        const auto byte = std::uint8_t(first);
        return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    }
    /// Entry i: the best way to write the first i bytes. Of equal ones that found first stays.
    std::vector<Best> search(std::string_view bytes) const
    {
        std::vector<Best> best(bytes.size() + 1);
        const auto offer = [&](std::size_t begin, std::size_t end, std::int32_t id, double score) {
            Best& target = best[end];
            if (target.begin < 0 || score > target.score)
                target = { m_settings.singlePrecision ? double(float(score)) : score, id,
                    std::int32_t(begin) };
        };
        for (std::size_t begin = 0; begin < bytes.size();) {
            const std::size_t character = characterLength(bytes[begin]);
            const double before = best[begin].score;
            bool single = false; // whether some token is this character
            std::int32_t node = ByteTrie::root();
            for (std::size_t end = begin; end < bytes.size();) {
                node = m_trie.step(node, std::uint8_t(bytes[end++]));
                if (node == ByteTrie::none)
                    break;
                const std::int32_t id = m_trie.value(node);
                if (id == ByteTrie::none)
                    continue;
                offer(begin, end, id == m_settings.unknownId ? noToken : id,
                    m_scores[std::size_t(id)] + before);
                single = single || end - begin == character;
            }
            if (!single)
                offer(begin, begin + character, noToken, sum(before, m_settings.unknownScore));
            begin += character;
        }
        return best;
    }
    /// From spans in bytes to spans in code points. Unknown text becomes bytes or the unknown token; but
    /// joined it may be a token again, and the reference takes that.
    void append(std::u32string_view piece, std::string_view bytes, const std::vector<PieceToken>& found,
        std::vector<PieceToken>& tokens) const
    {
        std::size_t at = 0; // code point
        for (const PieceToken& token : found) {
            const std::size_t first = at;
            for (auto length = std::size_t(token.span.end - token.span.begin); length > 0; ++at)
                length -= std::min(length, encodedLength(piece[at]));
            const Span span{ int(first), int(at) };
            const auto text =
                bytes.substr(std::size_t(token.span.begin), std::size_t(token.span.end - token.span.begin));
            const auto joined =
                token.id == noToken && !m_settings.singlePrecision ? m_vocabulary.id(text) : std::nullopt;
            if (token.id != noToken || joined)
                tokens.push_back({ joined.value_or(token.id), span });
            else if (m_settings.byteFallback && areTokens(text))
                appendBytes(text, span, tokens);
            else if (m_settings.unknownId)
                tokens.push_back({ *m_settings.unknownId, span });
        }
    }
    static std::size_t encodedLength(char32_t c)
    {
        return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    }
    bool areTokens(std::string_view bytes) const
    {
        return std::all_of(
            bytes.begin(), bytes.end(), [this](char byte) { return m_bytes[std::uint8_t(byte)] != noToken; });
    }
    void appendBytes(std::string_view bytes, Span span, std::vector<PieceToken>& tokens) const
    {
        for (const char byte : bytes)
            tokens.push_back({ m_bytes[std::uint8_t(byte)], span });
    }

    Vocabulary m_vocabulary;
    std::vector<double> m_scores;
    UnigramSettings m_settings;
    ByteTrie m_trie;
    std::array<std::int32_t, 256> m_bytes{}; ///< "<0x00>" and so on
};

} // namespace

SubwordModelPtr makeUnigram(Vocabulary vocabulary, std::vector<double> scores, UnigramSettings settings)
{
    HEADLIGHT_CHECK(std::int64_t(scores.size()) == vocabulary.size(), "every token needs a score");
    return std::make_unique<Unigram>(std::move(vocabulary), std::move(scores), std::move(settings));
}

Expected<SubwordModelPtr> makeUnigram(SubwordModelSource source)
{
    const std::string where = source.place.text();
    std::vector<double>& scores = source.data.scores;
    if (scores.empty() || std::int64_t(scores.size()) != source.data.vocabulary.size())
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: a Unigram vocabulary must list its tokens with their scores.", where) };
    UnigramSettings settings;
    HEADLIGHT_TRY(const auto unknown, jsonOr<std::int64_t>(source.description, "unk_id", -1, where));
    if (unknown >= std::int64_t(scores.size()))
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: \"unk_id\" is {}, but there are {} tokens.", where, unknown, scores.size()) };
    if (unknown >= 0)
        settings.unknownId = unknown;
    HEADLIGHT_TRY(settings.byteFallback, jsonOr<bool>(source.description, "byte_fallback", false, where));
    settings.unknownScore = *std::min_element(scores.begin(), scores.end()) - unknownPenalty;
    return makeUnigram(std::move(source.data.vocabulary), std::move(scores), std::move(settings));
}

} // namespace headlight
