#pragma once
// The way back: tokens become text again. The list of decoders is in decoder.cpp; each is a file in
// decoders/.

#include "core/text/part_list.h"

namespace headlight {

class Decoder {
public:
    virtual ~Decoder() = default;
    /// Rewrites the tokens so that the text is all of them joined.
    virtual void apply(std::vector<std::string>& tokens) const = 0;
};

using DecoderPtr = PartPtr<Decoder>;

/// Errors: BadFile, Unsupported.
Expected<DecoderPtr> makeDecoder(const Json& description, const Place& place);
std::span<const PartRow<Decoder>> decoderRows();

} // namespace headlight
