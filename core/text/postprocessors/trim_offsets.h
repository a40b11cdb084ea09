#pragma once
// Byte-level tokens carry the space before a word; trimmed offsets leave it out.

#include "core/text/encoding.h"

namespace headlight {

/// As the reference does it: white space at both ends of a token is cut off its offsets; at the start of the
/// text a single space stays counted when the pre-tokenizer may have added it (`addPrefixSpace`).
void trimOffsets(Encoding& encoding, bool addPrefixSpace);

} // namespace headlight
