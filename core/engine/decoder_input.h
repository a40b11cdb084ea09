#pragma once
// What the decoder of a pair is fed before anything is written: its start tokens, and a text behind them if one is given.

#include "core/engine/analysis.h"

namespace headlight {

/// The ids a decoder begins with. Models of speech in many languages hear out which one it is: one short pass.
/// Errors: BadInput when no file says what begins; as Model::check. Throws Stopped.
Expected<std::vector<std::int64_t>> decoderStart(const OpenModel& model, const ModelInput& input, const JobControl& control);

/// What one row's decoder is fed: request.decoderIds; else the tokens of request.target behind the start, shifted as the
/// reference does it in training; else what the row holds already; else what the model takes when nothing is said (raw
/// tensors, and pairs that do not write); else the start alone. Empty for models without a decoder of words.
/// Errors: BadInput for a target without a tokenizer or a decoder; as decoderStart.
Expected<std::vector<std::int64_t>> decoderFeed(
    const OpenModel& model, const AnalysisRequest& request, const ModelInput& row, const JobControl& control);

/// What reads and writes the decoder's text: Marian's pairs have two vocabularies. Null without a tokenizer.
const Tokenizer* decoderTokenizer(const OpenModel& model);

} // namespace headlight
