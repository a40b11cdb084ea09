// SentencePiece's normalizer: the longest rule of its character map at each place, then its way with spaces.

#include "core/text/charsmap.h"
#include "core/text/longest_match.h"
#include "core/text/normalized_string.h"
#include "core/text/sentencepiece/sentencepiece_parts.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

constexpr char32_t spaceMark = 0x2581;

/// The text to come, with where each code point is from.
struct Output {
    std::u32string text;
    std::vector<Span> sources;

    void push(char32_t c, Span source)
    {
        text.push_back(c);
        sources.push_back(source);
    }
};

/// What the text at some place becomes.
struct Step {
    std::u32string text;
    std::size_t length = 1; ///< code points it replaces
};

class SentencePieceNormalizer final : public Normalizer {
public:
    SentencePieceNormalizer(Charsmap map, const SentencePieceModel& model)
        : m_map(std::move(map))
        , m_space(model.escapeSpaces ? spaceMark : U' ')
        , m_prefix(model.addDummyPrefix && !model.spaceAsSuffix)
        , m_suffix(model.addDummyPrefix && model.spaceAsSuffix)
        , m_removesSpaces(model.removeExtraSpaces)
    {
        for (const auto& piece : model.pieces)
            if (piece.type == SentencePieceModel::Type::UserDefined)
                m_userDefined.add(decodeUtf8(piece.text), 0);
    }

    void apply(NormalizedString& text) const override
    {
        const std::u32string_view all = text.text();
        Output out;
        out.text.reserve(all.size() + 1);
        out.sources.reserve(all.size() + 1);
        Step step;
        std::size_t at = 0;
        for (; m_removesSpaces && at < all.size(); at += step.length)
            if (take(all, at, step); step.text != U" ")
                break;
        if (at < all.size() && m_prefix)
            out.push(m_space, { int(at), int(at) + 1 });
        const bool any = at < all.size();
        bool afterSpace = m_removesSpaces;
        for (; at < all.size(); at += step.length) {
            take(all, at, step);
            afterSpace = append(step, at, afterSpace, out) && m_removesSpaces;
        }
        finish(all.size(), any, out);
        text.rebuild(std::move(out.text), out.sources);
    }

private:
    void take(std::u32string_view all, std::size_t at, Step& step) const
    {
        const auto whole = m_userDefined.empty() ? std::nullopt : m_userDefined.find(all, at);
        if (whole) {
            step = { std::u32string(all.substr(at, whole->second)), whole->second };
        } else if (const auto match = m_map.longest(all.substr(at))) {
            step = { decodeUtf8(match->replacement), match->length };
        } else {
            step.text.assign(1, all[at]);
            step.length = 1;
        }
    }
    /// Whether the text now ends in a space.
    bool append(const Step& step, std::size_t at, bool afterSpace, Output& out) const
    {
        std::size_t first = 0;
        while (afterSpace && first < step.text.size() && step.text[first] == U' ')
            ++first;
        for (std::size_t i = first; i < step.text.size(); ++i)
            out.push(step.text[i] == U' ' ? m_space : step.text[i], { int(at), int(at + step.length) });
        return first < step.text.size() ? step.text.back() == U' ' : afterSpace;
    }
    void finish(std::size_t size, bool any, Output& out) const
    {
        while (m_removesSpaces && !out.text.empty() && out.text.back() == m_space) {
            out.text.pop_back();
            out.sources.pop_back();
        }
        if (m_suffix && any)
            out.push(m_space, { int(size) - 1, int(size) });
    }

    Charsmap m_map;
    LongestMatch m_userDefined;
    char32_t m_space;
    bool m_prefix, m_suffix, m_removesSpaces;
};

} // namespace

Expected<NormalizerPtr> makeSentencePieceNormalizer(const SentencePieceModel& model, std::string_view where)
{
    HEADLIGHT_TRY(Charsmap map, Charsmap::read(model.charsmap, where));
    return NormalizerPtr(std::make_unique<SentencePieceNormalizer>(std::move(map), model));
}

} // namespace headlight
