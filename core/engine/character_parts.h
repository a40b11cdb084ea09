#pragma once
// Characters that a vocabulary of bytes cuts into several tokens (half an emoji, a third of 字): each token
// is named by the character it is part of, and which part it is, so that nobody has to read bytes.

#include "core/engine/analysis.h"

namespace headlight {

/// What each token stands for, as bytes; empty for tokens that are no text (special ones): no character
/// reaches over them.
using TokenBytes = std::vector<std::string>;
/// From the pieces of a vocabulary: byte-level ones by their alphabet, "<0xF0>" as the byte, all others as
/// they are.
TokenBytes bytesOfTokens(std::span<const TokenInfo> tokens, const Tokenizer& tokenizer);

/// Labels of tokens that hold a part of a character become the characters they touch, a part with its number:
/// "🦊¹⁄₃"; `inWord` gives a character to the token it begins in. Bytes that are no UTF-8 become
/// "<0xF0>". All other tokens stay as they are.
void nameCharacterParts(std::vector<TokenInfo>& tokens, const TokenBytes& bytes);

} // namespace headlight
