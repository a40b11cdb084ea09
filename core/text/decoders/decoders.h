#pragma once
// What each file of this folder makes from its description in tokenizer.json; listed in ../decoder.cpp.

#include "core/text/decoder.h"

namespace headlight {

Expected<DecoderPtr> makeWordPieceDecoder(const Json& description, const Place& place);

} // namespace headlight
