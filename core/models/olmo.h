#pragma once
// What OLMo 2 and 3 share.

#include "core/models/rotary_decoder.h"

namespace headlight {

/// No norms before the parts but after them, and queries and keys normed over all heads at once.
RotaryDecoderSettings readOlmo(Config& config, const RopeDefaults& rope = {});

} // namespace headlight
