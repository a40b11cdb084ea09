// Cut, resample, then a padded log-mel spectrogram or a normalised waveform.
#include "core/audio/feature_extractor.h"

#include "core/audio/resample.h"

namespace headlight {
namespace {

/// Added to the variance, so that silence stays silent.
constexpr double leastVariance = 1e-7;
/// More than the resampler's filter reaches: what lies further behind does not change the part that is kept.
constexpr double reachSeconds = 0.5;

/// Shape: [1,count]; 1 for the first `real`.
Tensor maskOf(std::int64_t real, std::int64_t count)
{
    std::vector<std::int64_t> mask(std::size_t(count), 0);
    std::fill_n(mask.begin(), std::clamp<std::int64_t>(real, 0, count), 1);
    return Tensor::fromIntegers({ 1, count }, std::move(mask));
}

} // namespace

FeatureExtractor::FeatureExtractor(FeatureExtractorConfig config)
    : m_config(std::move(config))
{
}

Expected<FeatureExtractor> FeatureExtractor::open(const std::filesystem::path& folder)
{
    HEADLIGHT_TRY(FeatureExtractorConfig config, readFeatureExtractorConfig(folder));
    return FeatureExtractor(std::move(config));
}

FeatureExtractor FeatureExtractor::fromConfig(FeatureExtractorConfig config)
{
    return FeatureExtractor(std::move(config));
}

Expected<Sound> FeatureExtractor::heardPart(const Sound& sound) const
{
    const auto chunk = m_config.chunkSamples();
    if (!chunk)
        return resample(sound, m_config.sampleRate);
    const double seconds = double(*chunk) / m_config.sampleRate + reachSeconds;
    HEADLIGHT_TRY(const Sound resampled,
        resample(sound.first(std::int64_t(std::ceil(seconds * sound.rate()))), m_config.sampleRate));
    return resampled.first(*chunk);
}

void FeatureExtractor::writeSpectrogram(SoundFeatures& features) const
{
    const std::int64_t chunk = *m_config.chunkSamples();
    std::vector<float> padded(std::size_t(chunk), m_config.padding);
    std::ranges::copy(features.heard.samples(), padded.begin());
    const Tensor spectrogram = logMel(padded, m_config.spectrogram->settings);
    const std::int64_t frames = spectrogram.shape()[1], hop = m_config.spectrogram->settings.hop;
    features.name = "input_features";
    features.values = spectrogram.reshaped({ 1, spectrogram.shape()[0], frames });
    if (m_config.givesMask)
        features.attentionMask = maskOf((features.heard.count() + hop - 1) / hop, frames);
}

void FeatureExtractor::writeWaveform(SoundFeatures& features) const
{
    const std::span<const float> samples = features.heard.samples();
    double sum = 0, squares = 0;
    for (const float sample : samples)
        sum += double(sample);
    const double mean = sum / double(samples.size());
    for (const float sample : samples)
        squares += (double(sample) - mean) * (double(sample) - mean);
    const double variance = squares / double(samples.size());
    const double offset = m_config.normalise ? mean : 0.0;
    const double scale = m_config.normalise ? 1.0 / std::sqrt(variance + leastVariance) : 1.0;
    features.name = "input_values";
    features.values = Tensor::make({ 1, features.heard.count() }, [&](std::span<float> out) {
        std::ranges::transform(
            samples, out.begin(), [&](float sample) { return float((double(sample) - offset) * scale); });
    });
    if (m_config.givesMask)
        features.attentionMask = maskOf(features.heard.count(), features.heard.count());
}

Expected<SoundFeatures> FeatureExtractor::extract(const Sound& sound) const
{
    if (sound.empty())
        return Error{ ErrorKind::BadInput, "There is nothing to hear: the sound is empty." };
    SoundFeatures features;
    HEADLIGHT_TRY(features.heard, heardPart(sound));
    if (const auto chunk = m_config.chunkSamples())
        features.secondsCut = std::max(0.0, sound.seconds() - double(*chunk) / m_config.sampleRate);
    if (m_config.spectrogram)
        writeSpectrogram(features);
    else
        writeWaveform(features);
    return features;
}

} // namespace headlight
