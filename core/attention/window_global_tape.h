#pragma once
// Window-and-global attention that can be differentiated: whole maps, made only when a gradient is asked for.

#include "core/attention/mechanism.h"

namespace headlight {

/// All maps on `tape`, flat as AttentionOutput::weights, and the context made from them.
AttentionOutput attendWindowGlobalOnTape(const AttentionInputs& inputs, Tape& tape);

} // namespace headlight
