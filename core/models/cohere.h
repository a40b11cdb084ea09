#pragma once
// What Cohere's families share.

#include "core/models/rotary_decoder.h"

namespace headlight {

/// One layer norm without bias before both parts, neighbours that turn together, logits scaled, words tied.
RotaryDecoderSettings readCohere(Config& config, const RotaryDecoderDefaults& sizes);

} // namespace headlight
