// libsndfile over bytes in memory (a mapped file), so that neither names nor a second buffer play a part.
#include "core/audio/sound_reader.h"

#include "core/io/file.h"

#include <sndfile.h>

namespace headlight {
namespace {

/// Frames decoded at a time; a block of 1,024 channels (libsndfile's most) is 16 MB.
constexpr std::int64_t blockFrames = 4096;
constexpr const char* readKinds = "WAV, FLAC, OGG (Vorbis, Opus), MP3 and AIFF";

struct Bytes {
    std::span<const std::byte> content;
    std::int64_t at = 0;
};

sf_count_t byteCount(void* user)
{
    return sf_count_t(static_cast<Bytes*>(user)->content.size());
}

sf_count_t seekBytes(sf_count_t offset, int whence, void* user)
{
    Bytes& bytes = *static_cast<Bytes*>(user);
    const std::int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? bytes.at : byteCount(user);
    bytes.at = std::clamp<std::int64_t>(from + offset, 0, byteCount(user));
    return bytes.at;
}

sf_count_t readBytes(void* target, sf_count_t count, void* user)
{
    Bytes& bytes = *static_cast<Bytes*>(user);
    const std::int64_t given = std::clamp<std::int64_t>(count, 0, byteCount(user) - bytes.at);
    if (given > 0)
        std::memcpy(target, bytes.content.data() + bytes.at, std::size_t(given));
    bytes.at += given;
    return given;
}

sf_count_t writeNothing(const void*, sf_count_t, void*)
{
    return 0;
}

sf_count_t tellBytes(void* user)
{
    return static_cast<Bytes*>(user)->at;
}

using File = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

Error tooLong(std::string_view where, double seconds, int rate)
{
    return { ErrorKind::Unsupported,
        fmt::format(
            "{} is {:.0f} minutes long or more; at {} Hz at most {:.0f} minutes are read: cut it first.",
            where, seconds / 60, rate, double(Sound::maxSamples) / rate / 60) };
}

Status checkHeader(const SF_INFO& info, std::string_view where)
{
    if (info.samplerate < Sound::minRate || info.samplerate > Sound::maxRate)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} says it has {} samples per second, expected are {} to {}: its header is damaged.",
                where, info.samplerate, Sound::minRate, Sound::maxRate) };
    if (info.channels < 1)
        return Error{ ErrorKind::BadFile, fmt::format("{} has no channels: its header is damaged.", where) };
    if (info.frames > Sound::maxSamples && info.frames != SF_COUNT_MAX)
        return tooLong(where, double(info.frames) / info.samplerate, info.samplerate);
    return {};
}

/// Appends the average of the channels of each frame. Errors: BadFile at a NaN or an infinity.
Status mix(
    std::span<const float> block, const SF_INFO& info, std::vector<float>& samples, std::string_view where)
{
    const std::size_t channels = std::size_t(info.channels);
    for (std::size_t i = 0; i + channels <= block.size(); i += channels) {
        double sum = 0;
        for (std::size_t c = 0; c < channels; ++c)
            sum += double(block[i + c]);
        if (!std::isfinite(sum))
            return Error{ ErrorKind::BadFile,
                fmt::format("{} holds a sample that is not a number (at {:.3f} s): the file is damaged.",
                    where, double(samples.size()) / info.samplerate) };
        samples.push_back(float(sum / double(channels)));
    }
    return {};
}

Expected<std::vector<float>> readSamples(SNDFILE* file, const SF_INFO& info, std::string_view where)
{
    std::vector<float> samples, block(std::size_t(blockFrames * info.channels));
    if (info.frames > 0 && info.frames <= Sound::maxSamples)
        samples.reserve(std::size_t(info.frames));
    while (true) {
        const sf_count_t frames = sf_readf_float(file, block.data(), blockFrames);
        if (frames <= 0)
            break;
        if (std::int64_t(samples.size()) + frames > Sound::maxSamples)
            return tooLong(where, double(samples.size()) / info.samplerate, info.samplerate);
        HEADLIGHT_TRY_STATUS(
            mix(std::span(block).first(std::size_t(frames * info.channels)), info, samples, where));
    }
    if (sf_error(file) != SF_ERR_NO_ERROR)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} is damaged or ends early, after {:.2f} s ({}): an incomplete download?", where,
                double(samples.size()) / info.samplerate, sf_strerror(file)) };
    if (samples.empty())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} holds no samples: there is nothing to hear.", where) };
    return samples;
}

} // namespace

Expected<Sound> decodeSound(std::span<const std::byte> bytes, std::string_view where)
{
    if (bytes.empty())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} is empty, a sound was expected ({}).", where, readKinds) };
    Bytes source{ bytes };
    SF_VIRTUAL_IO access{ byteCount, seekBytes, readBytes, writeNothing, tellBytes };
    SF_INFO info{};
    const File file(sf_open_virtual(&access, SFM_READ, &info, &source), sf_close);
    if (file == nullptr)
        return Error{ ErrorKind::BadFile,
            fmt::format("{} is not a sound that can be read, or is damaged ({}); read are {}.", where,
                sf_strerror(nullptr), readKinds) };
    HEADLIGHT_TRY_STATUS(checkHeader(info, where));
    HEADLIGHT_TRY(std::vector<float> samples, readSamples(file.get(), info, where));
    return Sound(info.samplerate, std::move(samples));
}

Expected<Sound> readSound(const std::filesystem::path& path)
{
    HEADLIGHT_TRY(const auto file, MappedFile::open(path));
    return decodeSound(file->bytes(), path.string());
}

} // namespace headlight
