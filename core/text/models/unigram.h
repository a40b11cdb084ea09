#pragma once
// The Unigram model for those who do not come from tokenizer.json.

#include "core/text/subword_model.h"

namespace headlight {

struct UnigramSettings {
    std::optional<std::int64_t> unknownId;
    bool byteFallback = false; ///< unknown text is spelled in "<0x00>" tokens when all of them exist
    double unknownScore = 0; ///< of a character that no token spells
    std::vector<bool> matchable; ///< by id: whether a token may be found in text; empty: all may
    /// SentencePiece adds scores in float, Hugging Face in double: of paths that are nearly as good each
    /// takes another one.
    bool singlePrecision = false;
};

/// Shapes: as many scores as ids.
SubwordModelPtr makeUnigram(Vocabulary vocabulary, std::vector<double> scores, UnigramSettings settings);

} // namespace headlight
