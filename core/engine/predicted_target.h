#pragma once
// The one number that stands for what the model said: what gradients are taken of when nobody named a target.

#include "core/engine/analysis.h"

namespace headlight {

/// The logit of the likeliest class, of the next token of a text that is written on, of the first [MASK], or
/// of the beginning of an answer. Errors: Unsupported, with the reason as a person reads it.
Expected<GradientTarget> predictedTarget(const AnalysisResult& result);

} // namespace headlight
