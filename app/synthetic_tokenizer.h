#pragma once
// A byte-level tokenizer of the size large models have, made up for measuring: no bundled model has one.

#include <string>

namespace headlight {

/// A tokenizer.json of 128,000 tokens with a merge for each, all words of two to four letters among them.
std::string syntheticTokenizerJson();
/// About so many bytes of plain English.
std::string englishText(std::size_t bytes);

} // namespace headlight
