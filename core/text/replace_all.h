#pragma once
// Replacing a fixed text everywhere, which several decoders do.

#include <string>
#include <string_view>

namespace headlight {

/// What was replaced is not looked at again. An empty `from` is nowhere.
void replaceAll(std::string& text, std::string_view from, std::string_view to);

/// Pulls punctuation and English contractions back to the word before: Hugging Face applies these rules to
/// each token by itself, in this order.
void cleanUpSpaces(std::string& token);

} // namespace headlight
