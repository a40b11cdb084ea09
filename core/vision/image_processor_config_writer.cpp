// The other direction: a preprocessor_config.json for a model that was trained here.

#include "core/vision/image_processor_config.h"

#include "core/io/file.h"
#include "core/io/json.h"

namespace headlight {
namespace {

Json sizeOf(PixelSize size)
{
    return { { "height", size.height }, { "width", size.width } };
}

Json sizeOf(const ResizeRule& rule)
{
    if (rule.fit == ResizeRule::Fit::Exact)
        return sizeOf(rule.size);
    Json size{ { "shortest_edge", rule.shortestEdge } };
    if (rule.longestEdge)
        size["longest_edge"] = *rule.longestEdge;
    return size;
}

} // namespace

Status writeImageProcessorConfig(const std::filesystem::path& folder, const ImageProcessorConfig& config)
{
    Json json{ { "image_processor_type", config.type + "ImageProcessor" } };
    json["do_resize"] = config.resize.has_value();
    if (config.resize) {
        json["size"] = sizeOf(*config.resize);
        json["resample"] = int(config.resize->resample);
    }
    json["do_center_crop"] = config.crop.has_value();
    if (config.crop)
        json["crop_size"] = sizeOf(*config.crop);
    json["do_rescale"] = config.rescale.has_value();
    if (config.rescale)
        json["rescale_factor"] = *config.rescale;
    json["do_normalize"] = config.normalise.has_value();
    if (config.normalise) {
        json["image_mean"] = config.normalise->mean;
        json["image_std"] = config.normalise->deviation;
    }
    json["do_pad"] = config.padding.has_value();
    if (config.padding && config.padding->size)
        json["pad_size"] = sizeOf(*config.padding->size);
    return writeFile(folder / "preprocessor_config.json", json.dump(2) + "\n");
}

} // namespace headlight
