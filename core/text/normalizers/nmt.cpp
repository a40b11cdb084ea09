// The cleaning of Google's translation models: controls out, unusual spaces plain.

#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"

namespace headlight {
namespace {

bool isDropped(char32_t c)
{
    return (c >= 0x01 && c <= 0x08) || c == 0x0b || (c >= 0x0e && c <= 0x1f) || c == 0x7f || c == 0x8f
        || c == 0x9f;
}

bool isSpaced(char32_t c)
{
    switch (c) {
    case U'\t':
    case U'\n':
    case U'\f':
    case U'\r':
    case 0x1680: // ogham space mark
    case 0x2028: // line and paragraph separators
    case 0x2029:
    case 0x2581: // SentencePiece's own mark
    case 0xfeff: // byte order mark
    case 0xfffd:
        return true;
    default:
        return c >= 0x200b && c <= 0x200f; // zero width
    }
}

class Nmt final : public Normalizer {
public:
    void apply(NormalizedString& text) const override
    {
        text.filter([](char32_t c) { return !isDropped(c); });
        text.map([](char32_t c) { return isSpaced(c) ? U' ' : c; });
    }
};

} // namespace

Expected<NormalizerPtr> makeNmt(const Json&, const Place&)
{
    return NormalizerPtr(std::make_unique<Nmt>());
}

} // namespace headlight
