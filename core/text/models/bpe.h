#pragma once
// Byte-pair encoding for those who do not come from tokenizer.json.

#include "core/text/merge_table.h"
#include "core/text/subword_model.h"

namespace headlight {

struct BpeSettings {
    std::optional<std::int64_t> unknownId;
    std::string prefix; ///< of every character but the first of a piece
    std::string suffix; ///< of the last character of a piece
    bool fuseUnknown = false, byteFallback = false;
    bool wholeFirst = false; ///< a piece that is a token is taken as it is ("ignore_merges")
    std::vector<std::int64_t> whole; ///< tokens that are found in a piece as they are and never merged
};

SubwordModelPtr makeBpe(Vocabulary vocabulary, MergeTable merges, BpeSettings settings);

/// SentencePiece's rules: any two tokens that together are a token merge, those with the highest score
/// first. Shapes: an entry of `scores` and `mergeable` (may be the result of a merge) per id.
MergeTable mergesByScore(
    const Vocabulary& vocabulary, const std::vector<double>& scores, const std::vector<bool>& mergeable);

} // namespace headlight
