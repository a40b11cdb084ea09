#pragma once
// What each file of this folder makes; listed in ../subword_model.cpp.

#include "core/text/subword_model.h"

namespace headlight {

Expected<SubwordModelPtr> makeBpe(SubwordModelSource source);
Expected<SubwordModelPtr> makeUnigram(SubwordModelSource source);
Expected<SubwordModelPtr> makeWordLevel(SubwordModelSource source);
Expected<SubwordModelPtr> makeWordPiece(SubwordModelSource source);

} // namespace headlight
