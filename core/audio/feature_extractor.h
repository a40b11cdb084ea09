#pragma once
// From a sound to what a model is fed, as the extractor named in preprocessor_config.json does it.

#include "core/audio/feature_extractor_config.h"
#include "core/audio/sound.h"

namespace headlight {

struct SoundFeatures {
    Tensor values; ///< F32: a spectrogram [1,M,F] or a waveform [1,N]
    std::string name; ///< as Hugging Face names it: "input_features" or "input_values"
    std::optional<Tensor>
        attentionMask; ///< [1,F] or [1,N], I64, 1 where the sound is; for models that ask for it
    Sound heard; ///< the part that was taken, at the model's sample rate, before padding and normalising
    double secondsCut = 0; ///< of the sound's end that did not fit
};

/// Immutable. Source: Hugging Face transformers 4.48, WhisperFeatureExtractor and Wav2Vec2FeatureExtractor.
class FeatureExtractor {
public:
    /// From `folder`/preprocessor_config.json. Errors: as readFeatureExtractorConfig.
    static Expected<FeatureExtractor> open(const std::filesystem::path& folder);
    static FeatureExtractor fromConfig(FeatureExtractorConfig config);

    const FeatureExtractorConfig& config() const { return m_config; }

    /// Resamples to the model's rate; cuts to what one run hears. Errors: BadInput for an empty sound; as
    /// resample.
    Expected<SoundFeatures> extract(const Sound& sound) const;

private:
    explicit FeatureExtractor(FeatureExtractorConfig config);
    Expected<Sound> heardPart(const Sound& sound) const;
    void writeSpectrogram(SoundFeatures& features) const;
    void writeWaveform(SoundFeatures& features) const;

    FeatureExtractorConfig m_config;
};

} // namespace headlight
