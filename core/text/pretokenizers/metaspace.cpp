// SentencePiece's way with spaces: each becomes a "▁", which begins the word after it.

#include "core/io/json.h"
#include "core/text/pretokenizers/pretokenizers.h"
#include "core/text/splitting.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

enum class PrependScheme { Never, First, Always };

class Metaspace final : public PreTokenizer {
public:
    Metaspace(char32_t mark, PrependScheme scheme, bool splits)
        : m_mark(mark)
        , m_scheme(scheme)
        , m_splits(splits)
    {
    }
    void split(PreTokenized& text) const override
    {
        rewritePieces(text, [this](NormalizedString& piece) {
            piece.map([this](char32_t c) { return c == U' ' ? m_mark : c; });
            const bool wanted = m_scheme == PrependScheme::Always
                || (m_scheme == PrependScheme::First && piece.origin(0, 1).begin == 0);
            if (wanted && piece.text().front() != m_mark)
                piece.prepend(std::u32string_view(&m_mark, 1));
        });
        if (!m_splits)
            return;
        splitAtMatches(text, SplitBehaviour::MergedWithNext,
            [this](std::u32string_view piece, std::vector<Span>& matches) {
                for (std::size_t at = 0; (at = piece.find(m_mark, at)) != piece.npos; ++at)
                    matches.push_back({ int(at), int(at) + 1 });
            });
    }

private:
    char32_t m_mark;
    PrependScheme m_scheme;
    bool m_splits;
};

/// Old files say add_prefix_space, newer ones prepend_scheme.
Expected<PrependScheme> readScheme(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const bool prefixed, jsonOr<bool>(description, "add_prefix_space", true, place.text()));
    HEADLIGHT_TRY(const std::string name,
        jsonOr<std::string>(description, "prepend_scheme", prefixed ? "always" : "never", place.text()));
    if (name == "always" || name == "first" || name == "never")
        return name == "always" ? PrependScheme::Always
            : name == "first"   ? PrependScheme::First
                                : PrependScheme::Never;
    return Error{ ErrorKind::BadFile,
        fmt::format(
            "{}: \"prepend_scheme\" is \"{}\"; it can be always, first or never.", place.text(), name) };
}

} // namespace

Expected<PreTokenizerPtr> makeMetaspace(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const PrependScheme scheme, readScheme(description, place));
    HEADLIGHT_TRY(const bool splits, jsonOr<bool>(description, "split", true, place.text()));
    HEADLIGHT_TRY(
        const std::string mark, jsonOr<std::string>(description, "replacement", "\u2581", place.text()));
    const std::u32string characters = decodeUtf8(mark);
    if (characters.size() != 1)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: \"replacement\" is \"{}\", expected one character.", place.text(), mark) };
    return PreTokenizerPtr(std::make_unique<Metaspace>(characters.front(), scheme, splits));
}

} // namespace headlight
