// Byte-pair encoding: the characters of a piece are tokens, and neighbours are merged by the vocabulary's
// rules. Serves byte-level vocabularies and SentencePiece's. Source: Sennrich et al. 2016.

#include "core/text/models/bpe.h"

#include "core/io/json.h"
#include "core/text/longest_match.h"
#include "core/text/models/models.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

constexpr std::int32_t noToken = -1;
constexpr char32_t spaceMark = 0x2581; ///< "▁", SentencePiece's space

class Bpe final : public SubwordModel {
public:
    Bpe(Vocabulary vocabulary, MergeTable merges, BpeSettings settings)
        : m_vocabulary(std::move(vocabulary))
        , m_merges(std::move(merges))
        , m_settings(std::move(settings))
        , m_wordsBeginAtMarks(noTokenCrossesMark())
    {
        for (std::size_t c = 0; c < m_simple.size(); ++c)
            m_simple[c] = lookUp(char32_t(c));
        for (int byte = 0; byte < 256; ++byte)
            m_bytes[std::size_t(byte)] =
                std::int32_t(m_vocabulary.id(fmt::format("<0x{:02X}>", byte)).value_or(noToken));
        for (const std::int64_t id : m_settings.whole)
            m_whole.add(decodeUtf8(m_vocabulary.token(id)), id);
    }

    void tokenize(std::u32string_view piece, std::vector<PieceToken>& tokens) const override
    {
        if (m_settings.wholeFirst)
            if (const auto id = m_vocabulary.id(encodeUtf8(piece))) {
                tokens.push_back({ *id, { 0, int(piece.size()) } });
                return;
            }
        std::vector<Symbol> word;
        word.reserve(piece.size());
        std::size_t begin = 0;
        Pending unknown;
        const auto endWord = [&] {
            flush(unknown, word);
            m_merges.merge(word, begin);
            begin = word.size();
        };
        for (std::size_t i = 0; i < piece.size();) {
            const auto whole = m_whole.empty() ? std::nullopt : m_whole.find(piece, i);
            if (whole || (m_wordsBeginAtMarks && i > 0 && piece[i] == spaceMark && piece[i - 1] != spaceMark))
                endWord();
            if (!whole) {
                spell(piece, i++, word, unknown);
                continue;
            }
            word.push_back({ std::int32_t(whole->first), { int(i), int(i + whole->second) } });
            begin = word.size();
            i += whole->second;
        }
        endWord();
        for (const Symbol& symbol : word)
            tokens.push_back({ symbol.id, symbol.span });
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }
    std::optional<std::int64_t> unknownId() const override { return m_settings.unknownId; }

private:
    using Pending = std::optional<Span>; ///< unknown text that may still grow

    std::int32_t lookUp(char32_t c) const
    {
        std::string bytes;
        appendUtf8(bytes, c);
        return std::int32_t(m_vocabulary.id(bytes).value_or(noToken));
    }
    std::int32_t tokenOf(std::u32string_view piece, std::size_t i) const
    {
        const bool prefixed = i > 0 && !m_settings.prefix.empty();
        const bool suffixed = i + 1 == piece.size() && !m_settings.suffix.empty();
        if (!prefixed && !suffixed)
            return piece[i] < m_simple.size() ? m_simple[piece[i]] : lookUp(piece[i]);
        std::string bytes = prefixed ? m_settings.prefix : "";
        appendUtf8(bytes, piece[i]);
        bytes += suffixed ? m_settings.suffix : "";
        return std::int32_t(m_vocabulary.id(bytes).value_or(noToken));
    }
    void flush(Pending& unknown, std::vector<Symbol>& word) const
    {
        if (unknown)
            word.push_back({ std::int32_t(*m_settings.unknownId), *unknown });
        unknown.reset();
    }
    /// Appends the token of a character, or those of its bytes, or notes it as unknown. Like the reference,
    /// bytes do not end unknown text that stands before them.
    void spell(std::u32string_view piece, std::size_t i, std::vector<Symbol>& word, Pending& unknown) const
    {
        const Span span{ int(i), int(i) + 1 };
        if (const std::int32_t id = tokenOf(piece, i); id != noToken) {
            flush(unknown, word);
            word.push_back({ id, span });
            return;
        }
        if (m_settings.byteFallback && spellBytes(piece[i], span, word))
            return;
        if (!m_settings.unknownId)
            return;
        if (unknown && m_settings.fuseUnknown) {
            unknown->end = span.end;
            return;
        }
        flush(unknown, word);
        unknown = span;
    }
    bool spellBytes(char32_t c, Span span, std::vector<Symbol>& word) const
    {
        std::string bytes;
        appendUtf8(bytes, c);
        const auto known = [this](char byte) { return m_bytes[std::uint8_t(byte)] != noToken; };
        if (!std::all_of(bytes.begin(), bytes.end(), known))
            return false;
        for (const char byte : bytes)
            word.push_back({ m_bytes[std::uint8_t(byte)], span });
        return true;
    }
    /// Then text can be cut before each run of marks, and each word merged by itself.
    bool noTokenCrossesMark() const
    {
        constexpr std::string_view mark = "\u2581";
        if (!m_vocabulary.id(mark))
            return false;
        for (std::int64_t id = 0; id < m_vocabulary.size(); ++id) {
            std::string_view token = m_vocabulary.token(id);
            while (token.starts_with(mark))
                token.remove_prefix(mark.size());
            if (token.find(mark) != token.npos)
                return false;
        }
        return true;
    }

    Vocabulary m_vocabulary;
    MergeTable m_merges;
    BpeSettings m_settings;
    LongestMatch m_whole;
    bool m_wordsBeginAtMarks;
    std::array<std::int32_t, 0x2600> m_simple{}; ///< the tokens of the first characters of Unicode
    std::array<std::int32_t, 256> m_bytes{}; ///< "<0x00>" and so on
};

Expected<BpeSettings> readSettings(
    const Json& description, const Vocabulary& vocabulary, const std::string& where)
{
    BpeSettings settings;
    HEADLIGHT_TRY(settings.prefix, jsonOr<std::string>(description, "continuing_subword_prefix", "", where));
    HEADLIGHT_TRY(settings.suffix, jsonOr<std::string>(description, "end_of_word_suffix", "", where));
    HEADLIGHT_TRY(settings.fuseUnknown, jsonOr<bool>(description, "fuse_unk", false, where));
    HEADLIGHT_TRY(settings.byteFallback, jsonOr<bool>(description, "byte_fallback", false, where));
    HEADLIGHT_TRY(settings.wholeFirst, jsonOr<bool>(description, "ignore_merges", false, where));
    HEADLIGHT_TRY(const Json unknown, jsonOr<Json>(description, "unk_token", Json(), where));
    if (!unknown.is_null()) { // "" may be a token
        HEADLIGHT_TRY(const std::string name, jsonGet<std::string>(description, "unk_token", where));
        settings.unknownId = vocabulary.id(name);
    }
    return settings;
}

/// A merged token leaves out the prefix that its right part bears inside of a word.
Expected<MergeTable> lookUp(const ModelData& data, std::size_t prefix, const std::string& where)
{
    MergeTable table(data.merges.size());
    std::string merged;
    for (std::size_t rank = 0; rank < data.merges.size(); ++rank) {
        const auto [left, right] = data.merges[rank];
        merged.assign(left).append(right.substr(std::min(prefix, right.size())));
        const auto leftId = data.vocabulary.id(left), rightId = data.vocabulary.id(right),
                   id = data.vocabulary.id(merged);
        if (!leftId || !rightId || !id)
            return Error{ ErrorKind::BadFile,
                fmt::format("{}: merge {} joins \"{}\" and \"{}\", but the vocabulary lacks \"{}\".", where,
                    rank, left, right,
                    !leftId        ? left
                        : !rightId ? right
                                   : std::string_view(merged)) };
        table.add(std::int32_t(*leftId), std::int32_t(*rightId), { std::int32_t(rank), std::int32_t(*id) });
    }
    return table;
}

} // namespace

SubwordModelPtr makeBpe(Vocabulary vocabulary, MergeTable merges, BpeSettings settings)
{
    return std::make_unique<Bpe>(std::move(vocabulary), std::move(merges), std::move(settings));
}

MergeTable mergesByScore(
    const Vocabulary& vocabulary, const std::vector<double>& scores, const std::vector<bool>& mergeable)
{
    struct Rule {
        std::int32_t left, right, merged;
    };
    std::vector<Rule> rules;
    for (std::int64_t id = 0; id < vocabulary.size(); ++id) {
        const std::string_view token = vocabulary.token(id);
        for (std::size_t cut = 1; mergeable[std::size_t(id)] && cut < token.size(); ++cut) {
            if ((std::uint8_t(token[cut]) & 0xc0) == 0x80)
                continue; // inside of a character
            const auto left = vocabulary.id(token.substr(0, cut));
            const auto right = left ? vocabulary.id(token.substr(cut)) : std::nullopt;
            if (right)
                rules.push_back({ std::int32_t(*left), std::int32_t(*right), std::int32_t(id) });
        }
    }
    std::vector<double> order = scores;
    std::sort(order.begin(), order.end(), std::greater<>());
    order.erase(std::unique(order.begin(), order.end()), order.end());
    MergeTable table(rules.size());
    for (const Rule& rule : rules) {
        const auto rank =
            std::lower_bound(order.begin(), order.end(), scores[std::size_t(rule.merged)], std::greater<>());
        table.add(rule.left, rule.right, { std::int32_t(rank - order.begin()), rule.merged });
    }
    return table;
}

Expected<SubwordModelPtr> makeBpe(SubwordModelSource source)
{
    const std::string where = source.place.text();
    HEADLIGHT_TRY(BpeSettings settings, readSettings(source.description, source.data.vocabulary, where));
    HEADLIGHT_TRY(MergeTable merges, lookUp(source.data, settings.prefix.size(), where));
    return makeBpe(std::move(source.data.vocabulary), std::move(merges), std::move(settings));
}

} // namespace headlight
