#pragma once
// What each file of this folder makes from its description in tokenizer.json; listed in ../pretokenizer.cpp.

#include "core/text/pretokenizer.h"

namespace headlight {

Expected<PreTokenizerPtr> makeBertPreTokenizer(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makeByteLevelPreTokenizer(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makeDigits(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makeMetaspace(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makePunctuation(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makePreTokenizerSequence(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makeSplit(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makeWhitespace(const Json& description, const Place& place);
Expected<PreTokenizerPtr> makeWhitespaceSplit(const Json& description, const Place& place);

} // namespace headlight
