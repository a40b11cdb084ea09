#pragma once
// Sounds for tests: tones known by their formula, and files of every format written by libsndfile itself.

#include "core/audio/sound.h"

#include <sndfile.h>

#include <cmath>
#include <filesystem>
#include <numbers>

namespace headlight::test {

/// A sine of `hertz` at half of full scale.
inline std::vector<float> tone(double hertz, int rate, std::int64_t count)
{
    std::vector<float> samples(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i)
        samples[std::size_t(i)] = float(0.5 * std::sin(2.0 * std::numbers::pi * hertz * double(i) / rate));
    return samples;
}

struct SoundFormat {
    int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    int rate = 16000;
    int channels = 1;
};

/// `frames` are interleaved. False when libsndfile refuses.
inline bool writeSoundFile(
    const std::filesystem::path& path, const std::vector<float>& frames, const SoundFormat& format)
{
    SF_INFO info{};
    info.samplerate = format.rate;
    info.channels = format.channels;
    info.format = format.format;
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
    if (file == nullptr)
        return false;
    const sf_count_t count = sf_count_t(frames.size()) / format.channels;
    const bool whole = sf_writef_float(file, frames.data(), count) == count;
    return sf_close(file) == 0 && whole;
}

} // namespace headlight::test
