#pragma once
// What all Gemmas share.

#include "core/models/rotary_decoder.h"

namespace headlight {

/// Words scaled by √E and tied to the head, norms that multiply by 1 + w, a head size of its own.
RotaryDecoderSettings readGemma(Config& config, RopeDefaults rope = { .headSize = 256, .positions = 8192 });

} // namespace headlight
