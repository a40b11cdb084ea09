// Frames are transformed in f64 by Eigen's kissfft (400 is no power of two), spread over the threads.
#include "core/audio/log_mel.h"

#include "core/audio/mel_filters.h"
#include "core/base/check.h"
#include "core/base/parallel_for.h"

#include <numbers>
#include <unsupported/Eigen/FFT>

namespace headlight {
namespace {

constexpr double leastPower = 1e-10;
constexpr float logRange = 8.0f;
constexpr double highestBand = 8000.0;
constexpr std::int64_t framesAtOnce = 64;

/// One period of the cosine over `size` samples: its end would be the next period's start.
std::vector<double> periodicHann(int size)
{
    std::vector<double> window;
    window.reserve(std::size_t(size));
    for (int i = 0; i < size; ++i)
        window.push_back(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / size));
    return window;
}

/// Index into `count` samples when the signal is mirrored at its first and last one.
std::int64_t mirrored(std::int64_t index, std::int64_t count)
{
    const std::int64_t positive = std::abs(index);
    return positive < count ? positive : 2 * (count - 1) - positive;
}

/// The transform of one frame after the other, with its buffers; one per thread.
class FrameSpectrum {
public:
    FrameSpectrum(std::span<const float> samples, std::span<const double> window)
        : m_samples(samples)
        , m_window(window)
        , m_frame(window.size())
        , m_spectrum(window.size())
        , m_power(window.size() / 2 + 1)
    {
        m_transform.SetFlag(Eigen::FFT<double>::HalfSpectrum);
    }

    /// Power of each bin of the frame around `centre`.
    const std::vector<double>& around(std::int64_t centre)
    {
        const std::int64_t count = std::int64_t(m_samples.size()), size = std::int64_t(m_window.size());
        for (std::int64_t i = 0; i < size; ++i)
            m_frame[std::size_t(i)] = m_window[std::size_t(i)]
                * double(m_samples[std::size_t(mirrored(centre - size / 2 + i, count))]);
        m_transform.fwd(m_spectrum.data(), m_frame.data(), Eigen::Index(size));
        for (std::size_t bin = 0; bin < m_power.size(); ++bin)
            m_power[bin] = std::norm(m_spectrum[bin]);
        return m_power;
    }

private:
    std::span<const float> m_samples;
    std::span<const double> m_window;
    Eigen::FFT<double> m_transform;
    std::vector<double> m_frame;
    std::vector<std::complex<double>> m_spectrum;
    std::vector<double> m_power;
};

float logOf(const MelFilter& filter, const std::vector<double>& power)
{
    double sum = 0;
    for (std::size_t i = 0; i < filter.weights.size(); ++i)
        sum += filter.weights[i] * power[std::size_t(filter.firstBin) + i];
    return float(std::log10(std::max(leastPower, sum)));
}

} // namespace

Tensor logMel(std::span<const float> samples, const LogMelSettings& settings)
{
    HEADLIGHT_CHECK(settings.hop > 0 && std::int64_t(samples.size()) > settings.transform / 2,
        fmt::format("{} samples under a window of {}", samples.size(), settings.transform));
    const auto window = periodicHann(settings.transform);
    const auto filters =
        melFilters({ settings.bands, settings.transform / 2 + 1, settings.sampleRate, highestBand });
    const std::int64_t frames = std::int64_t(samples.size()) / settings.hop;
    return Tensor::make({ settings.bands, frames }, [&](std::span<float> out) {
        parallelFor(0, frames, framesAtOnce, [&](std::int64_t first, std::int64_t last) {
            FrameSpectrum spectrum(samples, window);
            for (std::int64_t frame = first; frame < last; ++frame) {
                const auto& power = spectrum.around(frame * settings.hop);
                for (std::size_t band = 0; band < filters.size(); ++band)
                    out[band * std::size_t(frames) + std::size_t(frame)] = logOf(filters[band], power);
            }
        });
        const float floor = out.empty() ? 0.0f : *std::ranges::max_element(out) - logRange;
        for (float& value : out)
            value = (std::max(value, floor) + 4.0f) / 4.0f;
    });
}

} // namespace headlight
