// Drops every combining mark. It decomposes nothing itself: files put NFD or NFKD before it.

#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode.h"

namespace headlight {
namespace {

class StripAccents final : public Normalizer {
public:
    void apply(NormalizedString& text) const override
    {
        text.filter([](char32_t c) { return !isMark(c); });
    }
};

} // namespace

Expected<NormalizerPtr> makeStripAccents(const Json&, const Place&)
{
    return NormalizerPtr(std::make_unique<StripAccents>());
}

} // namespace headlight
