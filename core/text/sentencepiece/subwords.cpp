// SentencePiece's two models in terms of ours, and the way back to text.

#include "core/text/models/bpe.h"
#include "core/text/models/unigram.h"
#include "core/text/replace_all.h"
#include "core/text/sentencepiece/sentencepiece_parts.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

using Type = SentencePieceModel::Type;

/// The pieces under the ids of the checkpoint; ids that no piece has stay empty and match nothing.
struct Numbered {
    Vocabulary vocabulary;
    std::vector<double> scores;
    std::vector<bool> matchable;
    std::vector<std::int64_t> userDefined;
    std::optional<std::int64_t> unknownId;
    float least = std::numeric_limits<float>::max(), greatest = std::numeric_limits<float>::min();
};

Expected<Numbered> number(const SentencePieceModel& model, const PieceIds& ids)
{
    Numbered result;
    for (std::size_t i = 0; i < model.pieces.size(); ++i) {
        const SentencePieceModel::Piece& piece = model.pieces[i];
        const std::int64_t id = ids.empty() ? std::int64_t(i) : ids[i];
        if (piece.type == Type::Unknown && id >= 0)
            result.unknownId = id;
        if (id < 0)
            continue;
        HEADLIGHT_TRY_STATUS(result.vocabulary.add(piece.text, id));
        const auto count = std::size_t(result.vocabulary.size());
        result.scores.resize(count);
        result.matchable.resize(count);
        result.scores[std::size_t(id)] = double(piece.score);
        result.matchable[std::size_t(id)] = piece.type == Type::Normal || piece.type == Type::UserDefined;
        if (piece.type == Type::UserDefined)
            result.userDefined.push_back(id);
        if (piece.type == Type::Normal) {
            result.least = std::min(result.least, piece.score);
            result.greatest = std::max(result.greatest, piece.score);
        }
    }
    return result;
}

SubwordModelPtr unigram(Numbered pieces, bool byteFallback)
{
    constexpr float unknownPenalty = 10;
    UnigramSettings settings;
    settings.unknownId = pieces.unknownId;
    settings.byteFallback = byteFallback;
    settings.unknownScore = double(pieces.least - unknownPenalty);
    settings.singlePrecision = true;
    for (const std::int64_t id : pieces.userDefined) // better than any other way to write its text
        pieces.scores[std::size_t(id)] =
            double(float(pieces.vocabulary.token(id).size()) * pieces.greatest) - 0.1;
    settings.matchable = std::move(pieces.matchable);
    return makeUnigram(std::move(pieces.vocabulary), std::move(pieces.scores), std::move(settings));
}

SubwordModelPtr bytePairs(Numbered pieces, bool byteFallback)
{
    BpeSettings settings;
    settings.unknownId = pieces.unknownId;
    settings.byteFallback = byteFallback;
    settings.fuseUnknown = true;
    settings.whole = std::move(pieces.userDefined);
    MergeTable merges = mergesByScore(pieces.vocabulary, pieces.scores, pieces.matchable);
    return makeBpe(std::move(pieces.vocabulary), std::move(merges), std::move(settings));
}

class Relabelled final : public SubwordModel {
public:
    Relabelled(SubwordModelPtr model, Vocabulary vocabulary, std::optional<std::int64_t> unknownId)
        : m_model(std::move(model))
        , m_vocabulary(std::move(vocabulary))
        , m_unknownId(unknownId)
    {
    }
    void tokenize(std::u32string_view piece, std::vector<PieceToken>& tokens) const override
    {
        std::vector<PieceToken> found;
        m_model->tokenize(piece, found);
        for (const PieceToken& token : found) {
            const auto text =
                piece.substr(std::size_t(token.span.begin), std::size_t(token.span.end - token.span.begin));
            auto id = token.id == m_model->unknownId()
                ? m_vocabulary.id(encodeUtf8(text))
                : m_vocabulary.id(m_model->vocabulary().token(token.id));
            if (!id)
                id = m_unknownId;
            if (id)
                tokens.push_back({ *id, token.span });
        }
    }
    const Vocabulary& vocabulary() const override { return m_vocabulary; }
    std::optional<std::int64_t> unknownId() const override { return m_unknownId; }
    bool showsUnknownText() const override { return m_model->showsUnknownText(); }

private:
    SubwordModelPtr m_model;
    Vocabulary m_vocabulary;
    std::optional<std::int64_t> m_unknownId;
};

/// Byte pieces spell text; "▁" is a space; the dummy prefix goes.
class SentencePieceDecoder final : public Decoder {
public:
    explicit SentencePieceDecoder(bool prefixed, bool suffixed)
        : m_prefixed(prefixed)
        , m_suffixed(suffixed)
    {
    }
    void apply(std::vector<std::string>& tokens) const override
    {
        std::string text;
        for (const std::string& token : tokens) {
            unsigned byte = 0;
            int length = 0;
            if (token.size() == 6 && std::sscanf(token.c_str(), "<0x%2X>%n", &byte, &length) == 1
                && length == 6) {
                text.push_back(char(byte));
                continue;
            }
            std::string shown = token;
            replaceAll(shown, "\u2581", " ");
            text += shown;
        }
        if (m_prefixed && text.starts_with(' '))
            text.erase(0, 1);
        if (m_suffixed && text.ends_with(' '))
            text.pop_back();
        tokens.assign(1, encodeUtf8(decodeUtf8(text)));
    }

private:
    bool m_prefixed, m_suffixed;
};

} // namespace

Expected<SubwordModelPtr> makeSentencePieceSubwords(
    const SentencePieceModel& model, std::string_view where, const PieceIds& ids)
{
    using Kind = SentencePieceModel::Kind;
    if (model.kind != Kind::Unigram && model.kind != Kind::Bpe)
        return Error{ ErrorKind::Unsupported,
            fmt::format("{}: SentencePiece's {} models are not supported, only Unigram and BPE.", where,
                model.kind == Kind::Word ? "word" : "character") };
    HEADLIGHT_TRY(Numbered pieces, number(model, ids));
    if (!pieces.unknownId)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: the vocabulary has no piece for what it cannot spell.", where) };
    return model.kind == Kind::Unigram ? unigram(std::move(pieces), model.byteFallback)
                                       : bytePairs(std::move(pieces), model.byteFallback);
}

SubwordModelPtr relabelled(
    SubwordModelPtr model, Vocabulary vocabulary, std::optional<std::int64_t> unknownId)
{
    return std::make_unique<Relabelled>(std::move(model), std::move(vocabulary), unknownId);
}

DecoderPtr makeSentencePieceDecoder(const SentencePieceModel& model)
{
    return std::make_unique<SentencePieceDecoder>(
        model.addDummyPrefix && !model.spaceAsSuffix, model.addDummyPrefix && model.spaceAsSuffix);
}

} // namespace headlight
