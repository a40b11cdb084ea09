// Reading forgives what older files leave out (their class's defaults hold), but no value of a wrong type or
// range.
#include "core/audio/feature_extractor_config.h"

#include "core/audio/sound.h"
#include "core/io/json.h"

namespace headlight {
namespace {

constexpr std::string_view classEnding = "FeatureExtractor";
constexpr int largestTransform = 1 << 16, mostBands = 1024, longestChunk = 3600;
/// Values of a spectrogram; 400 MB.
constexpr std::int64_t largestSpectrogram = 100'000'000;

/// An extractor class and the model_type of those that use it, for files that name no class.
struct KnownType {
    std::string_view name, modelType;
    bool spectrogram;
};
constexpr KnownType knownTypes[] = { { "Whisper", "whisper", true }, { "Wav2Vec2", "wav2vec2", false } };

struct Range {
    int least, most;
};

Expected<int> number(const Json& json, const char* key, int fallback, Range range, std::string_view where)
{
    HEADLIGHT_TRY(const int value, jsonOr(json, key, fallback, where));
    if (value < range.least || value > range.most)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: \"{}\" is {}, expected {} to {}.", where, key, value, range.least, range.most) };
    return value;
}

/// What the file and, where it names no class, the model say; empty when neither says anything.
struct Described {
    std::string className, modelType;

    const KnownType* type() const
    {
        std::string_view stem = className;
        if (stem.ends_with(classEnding))
            stem.remove_suffix(classEnding.size());
        for (const KnownType& known : knownTypes)
            if (className.empty() ? known.modelType == modelType : known.name == stem)
                return &known;
        return nullptr;
    }
};

Expected<Described> describe(const Json& json, std::string modelType, std::string_view where)
{
    if (!json.is_object())
        return Error{ ErrorKind::BadFile,
            fmt::format("{} holds {}, an object was expected.", where, json.type_name()) };
    HEADLIGHT_TRY(std::string className, jsonOr(json, "feature_extractor_type", std::string(), where));
    return Described{ std::move(className), std::move(modelType) };
}

Error unknownType(const Described& described, std::string_view where)
{
    std::string names;
    for (const KnownType& known : knownTypes)
        names += fmt::format("{}{}{}", names.empty() ? "" : ", ", known.name, classEnding);
    const std::string found = described.className.empty()
        ? fmt::format("names no \"feature_extractor_type\", and none is known for model_type \"{}\"",
            described.modelType)
        : fmt::format("asks for \"{}\", which is not known", described.className);
    return { ErrorKind::Unsupported,
        fmt::format("{} {}; the feature extractors known for sound are {}.", where, found, names) };
}

Expected<FeatureExtractorConfig::Spectrogram> readSpectrogram(
    const Json& json, int sampleRate, std::string_view where)
{
    FeatureExtractorConfig::Spectrogram result;
    LogMelSettings& settings = result.settings;
    settings.sampleRate = sampleRate;
    HEADLIGHT_TRY(settings.bands, number(json, "feature_size", settings.bands, { 1, mostBands }, where));
    HEADLIGHT_TRY(
        settings.transform, number(json, "n_fft", settings.transform, { 2, largestTransform }, where));
    HEADLIGHT_TRY(settings.hop, number(json, "hop_length", settings.hop, { 1, largestTransform }, where));
    HEADLIGHT_TRY(
        result.chunkSeconds, number(json, "chunk_length", result.chunkSeconds, { 1, longestChunk }, where));
    const std::int64_t samples = std::int64_t(result.chunkSeconds) * sampleRate;
    const std::int64_t frames = samples / settings.hop;
    if (samples <= settings.transform / 2 || frames < 1)
        return Error{ ErrorKind::BadFile,
            fmt::format("{}: a chunk of {} s is shorter than one window of {} samples.", where,
                result.chunkSeconds, settings.transform) };
    if (samples > Sound::maxSamples || frames * settings.bands > largestSpectrogram)
        return Error{ ErrorKind::Unsupported,
            fmt::format("{}: a spectrogram of {} frames by {} bands ({} s) is too large.", where, frames,
                settings.bands, result.chunkSeconds) };
    return result;
}

Expected<FeatureExtractorConfig> parse(const Json& json, std::string modelType, std::string_view where)
{
    HEADLIGHT_TRY(const Described described, describe(json, std::move(modelType), where));
    const KnownType* type = described.type();
    if (type == nullptr)
        return unknownType(described, where);
    FeatureExtractorConfig config;
    config.type = type->name;
    HEADLIGHT_TRY(config.sampleRate,
        number(json, "sampling_rate", config.sampleRate, { Sound::minRate, Sound::maxRate }, where));
    HEADLIGHT_TRY(config.padding, jsonOr(json, "padding_value", config.padding, where));
    HEADLIGHT_TRY(config.givesMask, jsonOr(json, "return_attention_mask", config.givesMask, where));
    // Whisper's class normalises a waveform only when the caller asks; what its file says changes nothing.
    HEADLIGHT_TRY(const bool normalise, jsonOr(json, "do_normalize", config.normalise, where));
    config.normalise = normalise && !type->spectrogram;
    if (type->spectrogram) {
        HEADLIGHT_TRY(config.spectrogram, readSpectrogram(json, config.sampleRate, where));
    }
    return config;
}

/// model_type of config.json; empty without the file.
Expected<std::string> modelTypeOf(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "config.json";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        return std::string();
    HEADLIGHT_TRY(const Json json, readJson(path));
    return jsonOr(json, "model_type", std::string(), path.string());
}

} // namespace

std::optional<std::int64_t> FeatureExtractorConfig::chunkSamples() const
{
    if (!spectrogram)
        return std::nullopt;
    return std::int64_t(spectrogram->chunkSeconds) * sampleRate;
}

Expected<bool> describesSound(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "preprocessor_config.json";
    HEADLIGHT_TRY(const Json json, readJson(path));
    HEADLIGHT_TRY(const std::string modelType, modelTypeOf(folder));
    HEADLIGHT_TRY(const Described described, describe(json, modelType, path.string()));
    return described.type() != nullptr || json.contains("sampling_rate");
}

Expected<FeatureExtractorConfig> readFeatureExtractorConfig(const std::filesystem::path& folder)
{
    const std::filesystem::path path = folder / "preprocessor_config.json";
    HEADLIGHT_TRY(const Json json, readJson(path));
    HEADLIGHT_TRY(std::string modelType, modelTypeOf(folder));
    return parse(json, std::move(modelType), path.string());
}

Expected<FeatureExtractorConfig> parseFeatureExtractorConfig(std::string_view json, std::string_view where)
{
    HEADLIGHT_TRY(const Json parsed, parseJson(json, where));
    return parse(parsed, {}, where);
}

} // namespace headlight
