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
    if (rule.fit == ResizeRule::Fit::LongestEdge)
        return { { "longest_edge", rule.longestEdge.value_or(0) } };
    if (rule.fit == ResizeRule::Fit::PixelBudget)
        return { { "shortest_edge", rule.minPixels }, { "longest_edge", rule.maxPixels } };
    Json size{ { "shortest_edge", rule.shortestEdge } };
    if (rule.longestEdge)
        size["longest_edge"] = *rule.longestEdge;
    return size;
}

/// Patches and squares, where the processor cuts the picture itself.
void addCuts(Json& json, const ImageProcessorConfig& config)
{
    if (config.tiles) {
        json["do_image_splitting"] = config.tiles->cut;
        json["max_image_size"] = { { "longest_edge", config.tiles->side } };
    }
    const ResizeRule rule = config.resize.value_or(ResizeRule{});
    const bool pixels = rule.fit == ResizeRule::Fit::PixelBudget;
    if (!pixels && rule.fit != ResizeRule::Fit::PatchBudget)
        return;
    const auto patches = config.patches.value_or(ImageProcessorConfig::Patches{ rule.multipleOf, 1, 1 });
    json["patch_size"] = patches.side;
    if (pixels) {
        json["merge_size"] = patches.merged;
        json["temporal_patch_size"] = patches.frames;
    } else {
        json["max_num_patches"] = rule.maxPatches;
        json.erase("size");
    }
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
    addCuts(json, config);
    return writeFile(folder / "preprocessor_config.json", json.dump(2) + "\n");
}

} // namespace headlight
