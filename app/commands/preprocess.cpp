// headlight preprocess: what a model would be fed for a picture. A folder that holds preprocessor_config.json
// alone is enough.

#include "app/commands/commands.h"

#include "core/engine/catalogue.h"
#include "core/io/safetensors.h"
#include "core/vision/image_processor.h"
#include "core/vision/image_reader.h"

namespace headlight {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model, image, audio, output;
};

/// Named as the reference names them. Errors: as readImage and ImageProcessor.
Expected<std::map<std::string, Tensor>> tensorsFor(const ImageProcessor& processor, const fs::path& picture)
{
    HEADLIGHT_TRY(const Image image, readImage(picture));
    HEADLIGHT_TRY(const ProcessedImage processed, processor.process(image));
    std::map<std::string, Tensor> tensors{ { "pixel_values", processed.pixelValues },
        { "resized_u8", planes(processed.resized) } };
    if (processed.pixelMask)
        tensors.emplace("pixel_mask", *processed.pixelMask);
    return tensors;
}

Status run(const Options& options)
{
    if (!options.audio.empty())
        return Error{ ErrorKind::Unsupported,
            fmt::format(
                "{}: sound is not read by this version; give a picture with --image.", options.audio) };
    HEADLIGHT_TRY(const fs::path folder, resolveModel(options.model, Resources::locate()));
    HEADLIGHT_TRY(const ImageProcessor processor, ImageProcessor::open(folder));
    HEADLIGHT_TRY(const auto tensors, tensorsFor(processor, options.image));
    return writeSafetensors(
        options.output, tensors, { { "model", options.model }, { "image", options.image } });
}

} // namespace

Command preprocessCommand()
{
    return { "preprocess", "Write what a model would be fed for a picture",
        [](CLI::App& app) -> Command::Run {
            auto options = std::make_shared<Options>();
            app.add_option("MODEL", options->model, "Bundled name, folder, file or org/name")->required();
            auto* image = app.add_option("--image", options->image, "The picture: PNG, JPEG or WebP");
            auto* audio = app.add_option("--audio", options->audio, "The sound")->excludes(image);
            app.add_option("-o,--output", options->output, "The safetensors file to write")->required();
            return [options, image, audio](const JobControl&) {
                if (image->empty() && audio->empty())
                    throw CLI::RequiredError("--image or --audio");
                return run(*options);
            };
        } };
}

} // namespace headlight
