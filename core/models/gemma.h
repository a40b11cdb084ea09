#pragma once
// What all Gemmas share.

#include "core/models/rotary_decoder.h"

namespace headlight {

/// Words scaled by √E and tied to the head, norms that multiply by 1 + w, a head size of its own.
RotaryDecoderSettings readGemma(
    Config& config, RopeDefaults rope = { .headSize = 256, .positions = 8192 }, const RotaryDecoderDefaults& sizes = {});

/// What Gemma 2 and 3 have beside that: a norm after each part too, a scale of scores of their own, soft caps. Without
/// caps in the file they are `scoreCap` and `logitCap` (none: there are none).
struct GemmaCaps {
    std::optional<float> scoreCap, logitCap;
};
void readNormedGemma(Config& config, RotaryDecoderSettings& settings, const GemmaCaps& caps);

/// Gemma 3's words, alone or beside its eyes.
RotaryDecoderSettings readGemma3(Config& config);

} // namespace headlight
