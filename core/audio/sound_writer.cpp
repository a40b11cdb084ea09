// libsndfile into bytes in memory. Whole numbers are written as such: its own conversion from floats rounds.
#include "core/audio/sound_writer.h"

#include "core/base/check.h"

#include <sndfile.h>

namespace headlight {
namespace {

struct Written {
    std::string content;
    std::int64_t at = 0;
};

sf_count_t length(void* user)
{
    return sf_count_t(static_cast<Written*>(user)->content.size());
}

sf_count_t seek(sf_count_t offset, int whence, void* user)
{
    Written& file = *static_cast<Written*>(user);
    const std::int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.at : length(user);
    file.at = std::max<std::int64_t>(0, from + offset);
    return file.at;
}

sf_count_t read(void* target, sf_count_t count, void* user)
{
    Written& file = *static_cast<Written*>(user);
    const std::int64_t given =
        std::clamp<std::int64_t>(count, 0, std::max<std::int64_t>(0, length(user) - file.at));
    std::copy_n(file.content.data() + file.at, given, static_cast<char*>(target));
    file.at += given;
    return given;
}

sf_count_t write(const void* source, sf_count_t count, void* user)
{
    Written& file = *static_cast<Written*>(user);
    const std::size_t end = std::size_t(file.at + count);
    if (file.content.size() < end)
        file.content.resize(end);
    std::copy_n(static_cast<const char*>(source), count, file.content.data() + file.at);
    file.at += count;
    return count;
}

sf_count_t tell(void* user)
{
    return static_cast<Written*>(user)->at;
}

/// Whether every sample is a whole number of steps of a format with so many bits.
bool fits(std::span<const float> samples, int bits)
{
    const double steps = std::ldexp(1.0, bits - 1);
    return std::all_of(samples.begin(), samples.end(), [steps](float sample) {
        const double step = double(sample) * steps;
        return step == std::floor(step) && step >= -steps && step < steps;
    });
}

constexpr int mostFlacRate = 655'350;
constexpr std::int64_t block = 1 << 16;

bool writeWhole(SNDFILE* file, std::span<const float> samples)
{
    std::vector<int> numbers;
    for (std::size_t first = 0; first < samples.size(); first += std::size_t(block)) {
        const auto part = samples.subspan(first, std::min(std::size_t(block), samples.size() - first));
        numbers.clear();
        for (const float sample : part)
            numbers.push_back(int(std::ldexp(double(sample), 31)));
        if (sf_write_int(file, numbers.data(), sf_count_t(numbers.size())) != sf_count_t(numbers.size()))
            return false;
    }
    return true;
}

} // namespace

EncodedSound encodeSound(const Sound& sound)
{
    HEADLIGHT_CHECK(!sound.empty(), "encodeSound of an empty sound");
    const auto samples = sound.samples();
    const int bits = sound.rate() > mostFlacRate ? 0 : fits(samples, 16) ? 16 : fits(samples, 24) ? 24 : 0;
    SF_INFO info{};
    info.samplerate = sound.rate();
    info.channels = 1;
    info.format = bits == 16 ? SF_FORMAT_FLAC | SF_FORMAT_PCM_16
        : bits == 24         ? SF_FORMAT_FLAC | SF_FORMAT_PCM_24
                             : SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    Written written;
    SF_VIRTUAL_IO io{ length, seek, read, write, tell };
    std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(
        sf_open_virtual(&io, SFM_WRITE, &info, &written), sf_close);
    HEADLIGHT_CHECK(file != nullptr, sf_strerror(nullptr));
    sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE); // it holds the time of day
    const bool whole = bits > 0 ? writeWhole(file.get(), samples)
                                : sf_write_float(file.get(), samples.data(), sf_count_t(samples.size()))
            == sf_count_t(samples.size());
    HEADLIGHT_CHECK(whole, sf_strerror(file.get()));
    HEADLIGHT_CHECK(sf_close(file.release()) == 0, "libsndfile cannot finish a sound");
    return { bits > 0 ? "flac" : "wav", std::move(written.content) };
}

} // namespace headlight
