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
    void apply(NormalizedString& text) const override { text.prepend(m_prefix); }

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
