// A fixed text in front (SentencePiece models want a "▁" there); nothing goes in front of nothing.

#include "core/io/json.h"
#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class Prepend final : public Normalizer {
public:
    explicit Prepend(std::u32string prefix)
        : m_prefix(std::move(prefix))
    {
    }
    void apply(NormalizedString& text) const override
    {
        if (text.empty() || m_prefix.empty())
            return;
        // The prefix stands on the first character: marking it marks that one.
        std::vector<CharacterChange> changes;
        for (const char32_t c : m_prefix)
            changes.push_back({ c, changes.empty() ? 0 : 1 });
        changes.push_back({ text.text().front(), 1 });
        for (const char32_t c : text.text().substr(1))
            changes.push_back({ c, 0 });
        text.transform(changes);
    }

private:
    std::u32string m_prefix;
};

} // namespace

Expected<NormalizerPtr> makePrepend(const Json& description, const Place& place)
{
    HEADLIGHT_TRY(const std::string prefix, jsonGet<std::string>(description, "prepend", place.text()));
    return NormalizerPtr(std::make_unique<Prepend>(decodeUtf8(prefix)));
}

} // namespace headlight
