#pragma once
// Text and pictures on their way to the network: encoding, cutting, and what each row and column of the maps is.

#include "core/engine/analysis.h"

namespace headlight {

/// Removes tokens from the end of the longer text until `limit` fit; special tokens stay. Returns how many went.
std::int64_t cutEncoding(Encoding& encoding, std::int64_t limit);

/// Pads with the tokenizer's own padding up to `length`; nothing for 0 or without a padding token.
void padEncoding(Encoding& encoding, std::int64_t length, const Tokenizer& tokenizer);

std::vector<TokenInfo> describeTokens(const Encoding& encoding, const Tokenizer& tokenizer);
/// Without a text: labels from the vocabulary, or the ids themselves.
std::vector<TokenInfo> describeIds(std::span<const std::int64_t> ids, const Tokenizer* tokenizer);
std::vector<TokenInfo> describePatches(const PatchGrid& grid);

/// What the model says, from its outputs. Empty for bare models.
std::vector<Prediction> predictions(const AnalysisResult& result);

} // namespace headlight
