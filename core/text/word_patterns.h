#pragma once
// The regular expressions with which byte-level tokenizers find words, by hand: many times faster than a
// regular expression library, and nearly every vocabulary uses one of these.

#include "core/text/normalized_string.h"

namespace headlight {

/// Appends the words of a text, in order; together they cover it.
using FindWords = void (*)(std::u32string_view text, std::vector<Span>& words);

/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
void findGpt2Words(std::u32string_view text, std::vector<Span>& words);

/// The function that does what an expression says; null for one that is not known.
FindWords wordFinder(std::string_view expression);

} // namespace headlight
