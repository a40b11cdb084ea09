#pragma once
// A sound on its way to the network, and what the tokens of a model that hears are: moments.

#include "core/engine/analysis.h"

namespace headlight {

struct PreparedSound {
    ModelInput row;
    SoundFeatures features;
};
/// What the model is fed for a sound. Errors: BadInput for a model that does not hear or comes without
/// preprocessor_config.json, or an empty sound; as FeatureExtractor::extract.
Expected<PreparedSound> prepareSound(const OpenModel& model, const Sound& sound);

/// Where in the sound each token is. Without a feature extractor the rate is taken to be 16 kHz, with 10 ms to a frame
/// of a spectrogram, as nearly all have it.
TimeGrid timesOf(const OpenModel& model, const ModelInput& input);

/// "0.42 s" for each token.
std::vector<TokenInfo> describeMoments(const TimeGrid& times);

} // namespace headlight
