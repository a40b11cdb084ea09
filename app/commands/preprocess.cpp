// headlight preprocess: what a model would be fed for a picture or a sound. A folder that holds
// preprocessor_config.json alone is enough.

#include "app/commands/commands.h"

#include "core/audio/feature_extractor.h"
#include "core/audio/sound_reader.h"
#include "core/engine/catalogue.h"
#include "core/engine/picture_text.h"
#include "core/io/safetensors.h"
#include "core/vision/image_processor.h"
#include "core/vision/image_reader.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model, image, audio, output;
};

using Tensors = std::map<std::string, Tensor>;

/// Named as the reference names them. Errors: as readImage and ImageProcessor.
Expected<Tensors> tensorsOfFile(const fs::path& folder, const fs::path& picture)
{
    HEADLIGHT_TRY(const ImageProcessor processor, ImageProcessor::open(folder));
    HEADLIGHT_TRY(const Image image, readImage(picture));
    return tensorsOfPicture(processor, image);
}

/// The same of a sound. Errors: as readSound and FeatureExtractor.
Expected<Tensors> tensorsOfSound(const fs::path& folder, const fs::path& file)
{
    HEADLIGHT_TRY(const FeatureExtractor extractor, FeatureExtractor::open(folder));
    HEADLIGHT_TRY(const Sound sound, readSound(file));
    HEADLIGHT_TRY(const SoundFeatures features, extractor.extract(sound));
    Tensors tensors { { features.name, features.values } };
    if (features.attentionMask)
        tensors.emplace("attention_mask", *features.attentionMask);
    return tensors;
}

Status run(const Options& options)
{
    const bool sound = !options.audio.empty();
    HEADLIGHT_TRY(const fs::path resolved, resolveModel(options.model, Resources::locate()));
    const fs::path folder = modelFolder(resolved);
    HEADLIGHT_TRY(const bool takesSound, describesSound(folder));
    if (sound != takesSound)
        return Error { ErrorKind::BadInput,
            fmt::format("{} prepares {}; give one with {}.", (folder / "preprocessor_config.json").string(),
                takesSound ? "sounds" : "pictures", takesSound ? "--audio" : "--image") };
    const std::string& input = sound ? options.audio : options.image;
    HEADLIGHT_TRY(const Tensors tensors, sound ? tensorsOfSound(folder, input) : tensorsOfFile(folder, input));
    return writeSafetensors(
        options.output, tensors, { { "model", options.model }, { sound ? "audio" : "image", input } });
}

} // namespace

Command preprocessCommand()
{
    return { "preprocess", "Write what a model would be fed for a picture or a sound",
        [](CLI::App& app) -> Command::Run {
            auto options = std::make_shared<Options>();
            app.add_option("MODEL", options->model, "Bundled name, folder, file or org/name")->required();
            auto* image = app.add_option("--image", options->image, "The picture: PNG, JPEG or WebP");
            auto* audio = app.add_option("--audio", options->audio, "The sound: WAV, FLAC, OGG or MP3")->excludes(image);
            app.add_option("-o,--output", options->output, "The safetensors file to write")->required();
            return [options, image, audio](const JobControl&) {
                if (image->empty() && audio->empty())
                    throw CLI::RequiredError("--image or --audio");
                return run(*options);
            };
        } };
}

} // namespace headlight
