#pragma once
// The byte-level tokenizers that come as vocab.json and merges.txt, in tokenizer.json's words.

#include "core/text/subword_model.h"
#include "core/text/tokenizer_config.h"

namespace headlight {

/// All of tokenizer.json but the vocabulary and the merges. A family that no file names is guessed from the
/// vocabulary; GPT-2 is the plain case.
Json byteLevelDescription(const TokenizerConfig& config, const Vocabulary& vocabulary);

/// The pre-tokenizer that cuts at the words of an expression and spells them in bytes.
Json splitThenBytes(std::string_view expression);
/// A token as added_tokens lists it.
Json describe(const AddedToken& token);

} // namespace headlight
