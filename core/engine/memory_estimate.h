#pragma once
// How much memory a run will take, before it takes it.

#include "core/engine/analysis.h"

namespace headlight {

/// Bytes a pass over `tokens` tokens keeps and works with, beside the parameters, which are mapped: queries
/// and keys of every layer, statistics and thumbnails of every head, the states in flight, the logits of all
/// words, whole maps where a gradient is asked for. An estimate from above for the families there are; of
/// pairs, `tokens` counts both sides.
std::uint64_t estimatedBytes(const ModelInfo& model, std::int64_t tokens, const AnalysisRequest& request);

/// Errors: TooLong, when the estimate is above the request's limit; the sentence names both and a way out.
Status checkMemory(const ModelInfo& model, std::int64_t tokens, const AnalysisRequest& request);

} // namespace headlight
