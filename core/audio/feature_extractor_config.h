#pragma once
// What preprocessor_config.json asks of a sound, whatever the extractor's class.

#include "core/audio/log_mel.h"
#include "core/base/expected.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace headlight {

struct FeatureExtractorConfig {
    /// Whisper: the sound is cut or padded to one length and becomes a spectrogram.
    struct Spectrogram {
        LogMelSettings settings;
        int chunkSeconds = 30;
    };

    std::string type = "Wav2Vec2"; ///< class name in front of "FeatureExtractor"
    int sampleRate = 16000;
    bool normalise = true; ///< to zero mean and unit variance (waveforms alone)
    bool givesMask = false; ///< whether the model is told which samples or frames are real
    float padding = 0.0f; ///< what follows a sound that is too short
    std::optional<Spectrogram> spectrogram; ///< none: the model hears the waveform itself

    /// Samples at sampleRate that one run hears; none: as many as there are.
    std::optional<std::int64_t> chunkSamples() const;
};

/// Whether `folder`/preprocessor_config.json describes sound rather than pictures. Errors: NotFound, BadFile.
Expected<bool> describesSound(const std::filesystem::path& folder);

/// Reads `folder`/preprocessor_config.json; a file that names no class is read by the model_type of
/// config.json. Errors: NotFound, BadFile (a value of a wrong type or out of range), Unsupported (a class
/// that is not known, by name).
Expected<FeatureExtractorConfig> readFeatureExtractorConfig(const std::filesystem::path& folder);
/// The same from the text of a preprocessor_config.json that names its class; `where` names it in messages.
Expected<FeatureExtractorConfig> parseFeatureExtractorConfig(std::string_view json, std::string_view where);

} // namespace headlight
