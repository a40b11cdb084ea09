#pragma once
// Tokens of which nothing is known but the pieces of a vocabulary, as files of saved attention carry them.

#include "core/engine/analysis.h"

namespace headlight {

/// Which pieces go on a word, and which are special, is read from how vocabularies write them: "##ing" beside
/// whole words (WordPiece), "▁a" or "Ġa" at the beginning of words (SentencePiece, byte-level), "[CLS]",
/// "<s>".
std::vector<TokenInfo> tokensFromPieces(const std::vector<std::string>& pieces);

} // namespace headlight
