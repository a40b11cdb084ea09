#pragma once
// A sound file becomes a Sound. What a file is, is decided by its content, never by its name.

#include "core/audio/sound.h"
#include "core/base/expected.h"

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace headlight {

/// Reads WAV, FLAC, OGG (Vorbis, Opus), MP3 and what else libsndfile knows, at the file's own rate; channels
/// are averaged. Decodes block by block: what is in memory is the result alone.
/// Errors: NotFound; BadFile (no sound, empty, damaged, samples that are not numbers, a rate outside of
/// Sound::minRate..maxRate); Unsupported (longer than Sound::maxSamples).
Expected<Sound> readSound(const std::filesystem::path& path);

/// The same from memory; `where` names the source in messages.
Expected<Sound> decodeSound(std::span<const std::byte> bytes, std::string_view where);

} // namespace headlight
