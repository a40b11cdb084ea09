// SentencePiece's character map as Hugging Face applies it: grapheme by grapheme, not longest match first as
// SentencePiece itself does.

#include "core/io/json.h"
#include "core/text/base64.h"
#include "core/text/charsmap.h"
#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

constexpr std::size_t longestWhole = 5; ///< bytes of a grapheme that is looked up as a whole

class Precompiled final : public Normalizer {
public:
    explicit Precompiled(Charsmap map)
        : m_map(std::move(map))
    {
    }
    void apply(NormalizedString& text) const override
    {
        const std::u32string_view all = text.text();
        std::vector<CharacterChange> changes;
        changes.reserve(all.size());
        bool changed = false;
        for (std::size_t begin = 0; begin < all.size();) {
            const std::size_t end = endOfAscii(all, begin);
            for (std::size_t i = begin; i < end; ++i) {
                const std::size_t length = all.substr(i, 2) == U"\r\n" ? 2 : 1;
                changed |= change(all.substr(i, length), changes);
                i += length - 1;
            }
            begin = endOfOthers(all, end);
            changed |= changeGraphemes(all.substr(end, begin - end), changes);
        }
        if (changed)
            text.transform(changes);
    }

private:
    /// ASCII up to here; a last character that a mark may join (none joins a control) is left for what
    /// follows.
    static std::size_t endOfAscii(std::u32string_view text, std::size_t begin)
    {
        std::size_t end = begin;
        while (end < text.size() && text[end] < 0x80)
            ++end;
        return end < text.size() && end > begin && text[end - 1] >= U' ' ? end - 1 : end;
    }
    static std::size_t endOfOthers(std::u32string_view text, std::size_t begin)
    {
        std::size_t end = std::min(begin + 1, text.size());
        while (end < text.size() && text[end] >= 0x80)
            ++end;
        return end;
    }
    bool changeGraphemes(std::u32string_view text, std::vector<CharacterChange>& changes) const
    {
        if (text.empty())
            return false;
        bool changed = false;
        const std::vector<std::size_t> borders = graphemeBorders(text);
        for (std::size_t i = 0; i + 1 < borders.size(); ++i)
            changed |= change(text.substr(borders[i], borders[i + 1] - borders[i]), changes);
        return changed;
    }
    /// The whole grapheme when it is short and a rule begins it, else character by character.
    bool change(std::u32string_view grapheme, std::vector<CharacterChange>& changes) const
    {
        if (encodedLength(grapheme) <= longestWhole)
            if (const auto match = m_map.shortest(grapheme)) {
                replace(grapheme.size(), match->replacement, changes);
                return true;
            }
        bool changed = false;
        for (std::size_t i = 0; i < grapheme.size(); ++i)
            if (const auto match = m_map.shortest(grapheme.substr(i, 1))) {
                replace(1, match->replacement, changes);
                changed = true;
            } else {
                changes.push_back({ grapheme[i], 0 });
            }
        return changed;
    }
    static std::size_t encodedLength(std::u32string_view text)
    {
        std::size_t bytes = 0;
        for (const char32_t c : text)
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        return bytes;
    }
    /// A surplus of new characters shares origins; a surplus of old ones is swallowed by the last new one.
    static void replace(std::size_t old, std::string_view by, std::vector<CharacterChange>& changes)
    {
        const std::u32string text = decodeUtf8(by);
        for (std::size_t i = 0; i < text.size(); ++i)
            changes.push_back({ text[i], i < old ? 0 : 1 });
        if (text.size() < old && !changes.empty())
            changes.back().change -= int(old - text.size());
    }

    Charsmap m_map;
};

} // namespace

Expected<NormalizerPtr> makePrecompiled(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(
        const std::string text, jsonOr<std::string>(description, "precompiled_charsmap", "", place.text()));
    const auto blob = decodeBase64(text);
    if (!blob)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: \"precompiled_charsmap\" is not valid Base64.", place.text()) };
    HEADLIGHT_TRY(Charsmap map, Charsmap::read(*blob, place.text()));
    return NormalizerPtr(std::make_unique<Precompiled>(std::move(map)));
}

} // namespace headlight
