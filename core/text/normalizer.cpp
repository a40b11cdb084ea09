#include "core/text/normalizer.h"

#include "core/text/normalizers/normalizers.h"

namespace headlight {
namespace {

constexpr PartRow<Normalizer> rows[] = {
    { "BertNormalizer", makeBertNormalizer },
    { "ByteLevel", makeByteLevelNormalizer },
    { "Lowercase", makeLowercase },
    { "NFC", makeUnicodeForm },
    { "NFD", makeUnicodeForm },
    { "NFKC", makeUnicodeForm },
    { "NFKD", makeUnicodeForm },
    { "Nmt", makeNmt },
    { "Precompiled", makePrecompiled },
    { "Prepend", makePrepend },
    { "Replace", makeReplace },
    { "Sequence", makeNormalizerSequence },
    { "Strip", makeStrip },
    { "StripAccents", makeStripAccents },
};

} // namespace

std::span<const PartRow<Normalizer>> normalizerRows()
{
    return rows;
}

Expected<NormalizerPtr> makeNormalizer(const Json& description, const Place& place)
{
    return makePart(normalizerRows(), description, place);
}

} // namespace headlight
