// Feeds libsoxr block by block: in one call it would keep the whole sound a second time, in f64.
#include "core/audio/resample.h"

#include "core/base/check.h"

#include <soxr.h>

namespace headlight {
namespace {

constexpr std::size_t blockSamples = 1 << 16;

using Resampler = std::unique_ptr<soxr, void (*)(soxr_t)>;

Resampler makeResampler(int from, int to)
{
    const soxr_io_spec_t samples = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    soxr_error_t error = nullptr;
    Resampler resampler(soxr_create(from, to, 1, &error, &samples, &quality, nullptr), soxr_delete);
    HEADLIGHT_CHECK(
        error == nullptr && resampler != nullptr, fmt::format("resampling from {} Hz to {} Hz", from, to));
    return resampler;
}

/// Fills `out`; what the resampler leaves over at the end stays zero.
void convert(soxr_t resampler, std::span<const float> in, std::span<float> out)
{
    std::size_t written = 0;
    while (written < out.size()) {
        const std::span<const float> block = in.first(std::min(blockSamples, in.size()));
        std::size_t read = 0, made = 0;
        // No input means: that was the end, give what is left.
        const soxr_error_t error = soxr_process(resampler, block.empty() ? nullptr : block.data(),
            block.size(), &read, out.data() + written, out.size() - written, &made);
        HEADLIGHT_CHECK(error == nullptr, error);
        in = in.subspan(read);
        written += made;
        if (block.empty() && made == 0)
            return;
    }
}

} // namespace

Expected<Sound> resample(const Sound& sound, int rate)
{
    HEADLIGHT_CHECK(rate >= Sound::minRate && rate <= Sound::maxRate, fmt::format("a rate of {} Hz", rate));
    if (sound.rate() == rate || sound.empty())
        return sound;
    const std::int64_t count = std::llround(double(sound.count()) * rate / sound.rate());
    if (count > Sound::maxSamples)
        return Error{ ErrorKind::Unsupported,
            fmt::format("At {} Hz this sound of {:.0f} minutes would be too long (at most {:.0f} minutes): "
                        "cut it first.",
                rate, sound.seconds() / 60, double(Sound::maxSamples) / rate / 60) };
    std::vector<float> samples(std::size_t(std::max<std::int64_t>(1, count)));
    convert(makeResampler(sound.rate(), rate).get(), sound.samples(), samples);
    return Sound(rate, std::move(samples));
}

} // namespace headlight
