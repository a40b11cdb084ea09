#pragma once
// The first step: text is cleaned (case, accents, Unicode form) before anything is cut. The list of
// normalizers is in normalizer.cpp; each is a file in normalizers/.

#include "core/text/part_list.h"

namespace headlight {

class NormalizedString;

class Normalizer {
public:
    virtual ~Normalizer() = default;
    /// May change, drop and insert code points; their origins stay known.
    virtual void apply(NormalizedString& text) const = 0;
};

using NormalizerPtr = PartPtr<Normalizer>;

/// Errors: BadFile, Unsupported.
Expected<NormalizerPtr> makeNormalizer(const Json& description, const Place& place);
std::span<const PartRow<Normalizer>> normalizerRows();

} // namespace headlight
