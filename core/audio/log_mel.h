#pragma once
// The log-mel spectrogram, in the form Whisper was trained on.

#include "core/tensor/tensor.h"

#include <span>

namespace headlight {

struct LogMelSettings {
    int bands = 80; ///< M
    int transform = 400; ///< samples under one window
    int hop = 160; ///< samples from one frame to the next
    int sampleRate = 16000;
};

/// Shapes: samples [N] → [M, N / hop]. Errors: HEADLIGHT_CHECK unless N > transform / 2.
/// Frame f is centred on sample f · hop (the ends are mirrored) under a periodic Hann window; the last frame
/// is dropped. Units: (max(log10 power, its maximum - 8) + 4) / 4, power at least 1e-10. Source: Radford et
/// al. 2022, section 2.2; Hugging Face transformers 4.48, WhisperFeatureExtractor.
Tensor logMel(std::span<const float> samples, const LogMelSettings& settings);

} // namespace headlight
