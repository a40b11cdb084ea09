// Lower case for every character by itself.

#include "core/text/normalizers/normalizers.h"
#include "core/text/unicode_form.h"

namespace headlight {
namespace {

class Lowercase final : public Normalizer {
public:
    void apply(NormalizedString& text) const override { applyLowerCase(text); }
};

} // namespace

Expected<NormalizerPtr> makeLowercase(const Json&, const Place&)
{
    return NormalizerPtr(std::make_unique<Lowercase>());
}

} // namespace headlight
