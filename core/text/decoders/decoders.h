#pragma once
// What each file of this folder makes from its description in tokenizer.json; listed in ../decoder.cpp.

#include "core/text/decoder.h"

namespace headlight {

Expected<DecoderPtr> makeBpeDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeByteFallbackDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeByteLevelDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeCtcDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeFuseDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeMetaspaceDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeReplaceDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeDecoderSequence(const Json& description, const Place& place);
Expected<DecoderPtr> makeStripDecoder(const Json& description, const Place& place);
Expected<DecoderPtr> makeWordPieceDecoder(const Json& description, const Place& place);

} // namespace headlight
