// The byte-level alphabet applied before anything is cut, as some newer files want it.

#include "core/text/byte_level.h"
#include "core/text/normalized_string.h"
#include "core/text/normalizers/normalizers.h"

namespace headlight {
namespace {

class ByteLevelNormalizer final : public Normalizer {
public:
    void apply(NormalizedString& text) const override { toByteLevel(text); }
};

} // namespace

Expected<NormalizerPtr> makeByteLevelNormalizer(const Json&, const Place&)
{
    return NormalizerPtr(std::make_unique<ByteLevelNormalizer>());
}

} // namespace headlight
