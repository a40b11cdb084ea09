#pragma once
// What a family puts around a text, written as "[CLS] $A [SEP]"; "$B:1" is the second text in segment 1.

#include "core/text/pipeline.h"
#include "core/text/tokenizer_config.h"

namespace headlight {

struct Frame {
    std::string single, pair;
};

/// Gives the pipeline a post-processor with the ids of its own tokens. Errors: BadFile when one is missing.
Status applyFrame(const Frame& frame, Pipeline& pipeline, const std::string& where);

/// Tokens that `pipeline` is to find in a text: those of the configuration, and `usual` ones that the
/// vocabulary holds. Special tokens without an id get the one they have, or the next free one.
std::vector<AddedToken> tokensToFind(
    const TokenizerConfig& config, const std::vector<AddedToken>& usual, const Vocabulary& vocabulary);

} // namespace headlight
