#pragma once
// Sounds out, exactly: what is read back has the same samples, bit for bit.

#include "core/audio/sound.h"

#include <string>

namespace headlight {

struct EncodedSound {
    const char* format = ""; ///< "flac" where 16 or 24 bits hold every sample, else "wav" of 32-bit floats
    std::string bytes;
};

/// The whole content of a file. The bytes depend on the sound alone. Errors: HEADLIGHT_CHECK on an empty
/// sound.
EncodedSound encodeSound(const Sound& sound);

} // namespace headlight
