#pragma once
// Token ids of a batch on their way into a model: checked, then packed into rows.

#include "core/models/model.h"

namespace headlight {

/// The tokens of a batch, one after the other.
struct WordRows {
    std::vector<std::int64_t> ids, typeIds, positions;
    Packing packing;
};
/// From ModelInput::ids. In a decoder with a cache, positions go on where it ended.
WordRows packWords(std::span<const ModelInput> batch, const Run& run);
/// From ModelInput::decoderIds, for the decoder of a pair.
WordRows packDecoderWords(std::span<const ModelInput> batch, const Run& run);

/// What a model has room for; 0 positions or types: no limit.
struct WordLimits {
    std::int64_t vocabulary = 0, positions = 0, types = 0;
    std::optional<std::int64_t> padding = {}; ///< a token that takes no position
};
/// One clear sentence when ids are missing, too many, or out of range. Errors: BadInput, TooLong.
Status checkWords(const ModelInput& input, const WordLimits& limits);
Status checkDecoderWords(const ModelInput& input, const WordLimits& limits);

} // namespace headlight
