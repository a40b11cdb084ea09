#pragma once
// Another sample rate, at the best quality libsoxr has: models were trained at one rate (mostly 16 kHz) and
// files come at any.

#include "core/audio/sound.h"
#include "core/base/expected.h"

namespace headlight {

/// The sound at `rate` (Sound::minRate..maxRate); itself when it has that rate. Band-limited, linear phase,
/// 28 bits; the length is round(count · rate / sound.rate()). Errors: Unsupported when the result would be
/// longer than Sound::maxSamples.
Expected<Sound> resample(const Sound& sound, int rate);

} // namespace headlight
