#pragma once
// What each file of this folder makes from its description in tokenizer.json; listed in ../normalizer.cpp.

#include "core/text/normalizer.h"

namespace headlight {

Expected<NormalizerPtr> makeBertNormalizer(const Json& description, const Place& place);
Expected<NormalizerPtr> makeByteLevelNormalizer(const Json& description, const Place& place);
Expected<NormalizerPtr> makeLowercase(const Json& description, const Place& place);
Expected<NormalizerPtr> makeNmt(const Json& description, const Place& place);
Expected<NormalizerPtr> makePrecompiled(const Json& description, const Place& place);
Expected<NormalizerPtr> makePrepend(const Json& description, const Place& place);
Expected<NormalizerPtr> makeReplace(const Json& description, const Place& place);
Expected<NormalizerPtr> makeNormalizerSequence(const Json& description, const Place& place);
Expected<NormalizerPtr> makeStrip(const Json& description, const Place& place);
Expected<NormalizerPtr> makeStripAccents(const Json& description, const Place& place);
/// NFC, NFD, NFKC or NFKD, as the type says.
Expected<NormalizerPtr> makeUnicodeForm(const Json& description, const Place& place);

} // namespace headlight
