#include "core/engine/sound_input.h"

namespace headlight {
namespace {

constexpr int usualRate = 16000, usualHop = 160;

/// One example without the batch axis.
Tensor unbatched(const Tensor& values)
{
    return values.reshaped(Shape(values.shape().extents().subspan(1)));
}

} // namespace

Expected<PreparedSound> prepareSound(const OpenModel& model, const Sound& sound)
{
    const ModelInfo& info = model.network->info();
    if (info.input != InputKind::Sound)
        return Error { ErrorKind::BadInput,
            fmt::format("{} takes {}, not a sound.", model.name, displayName(info.input)) };
    if (!model.featureExtractor)
        return Error { ErrorKind::BadInput,
            fmt::format("{} holds no preprocessor_config.json, so it is not known how its sounds are prepared.",
                model.folder.string()) };
    PreparedSound prepared;
    HEADLIGHT_TRY(prepared.features, model.featureExtractor->extract(sound));
    // A single sound fills its waveform, and Whisper hears the padding: the mask hides nothing.
    const bool spectrogram = model.featureExtractor->config().spectrogram.has_value();
    (spectrogram ? prepared.row.features : prepared.row.samples) = unbatched(prepared.features.values);
    return prepared;
}

TimeGrid timesOf(const OpenModel& model, const ModelInput& input)
{
    const ModelInfo& info = model.network->info();
    double secondsPerInput = (input.features.empty() ? 1.0 : double(usualHop)) / usualRate;
    if (model.featureExtractor) {
        const FeatureExtractorConfig& config = model.featureExtractor->config();
        secondsPerInput = double(config.spectrogram ? config.spectrogram->settings.hop : 1) / config.sampleRate;
    }
    return { model.network->tokens(input), double(info.soundStep) * secondsPerInput, double(info.soundWidth) * secondsPerInput };
}

std::vector<TokenInfo> describeMoments(const TimeGrid& times)
{
    std::vector<TokenInfo> tokens;
    for (std::int64_t i = 0; i < times.tokens; ++i) {
        TokenInfo info;
        info.label = info.piece = fmt::format("{:.2f} s", times.start(i));
        info.word = int(i);
        tokens.push_back(std::move(info));
    }
    return tokens;
}

} // namespace headlight
