#pragma once
// What the decoder of a pair is fed before anything is written: its start tokens, and a text behind them if one is given.

#include "core/engine/analysis.h"

namespace headlight {

/// The ids a decoder begins with. Models of speech in many languages hear out which one it is: one short pass.
/// Errors: BadInput when no file says what begins; as Model::check. Throws Stopped.
Expected<std::vector<std::int64_t>> decoderStart(const OpenModel& model, const ModelInput& input, const JobControl& control);

/// request.decoderIds; else the start and the tokens of request.target; else the start alone. `input` is what the
/// encoder gets, for decoderStart. Errors: BadInput for a target without a tokenizer; as decoderStart.
Expected<std::vector<std::int64_t>> decoderFeed(
    const OpenModel& model, const AnalysisRequest& request, const ModelInput& input, const JobControl& control);

} // namespace headlight
