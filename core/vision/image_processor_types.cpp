// The list of processor classes. Source of the defaults: Hugging Face transformers 4.48,
// image_processing_*.py.

#include "core/vision/image_processor_types.h"

namespace headlight {
namespace {

using Config = ImageProcessorConfig;
using Reading = ImageProcessorType::SizeReading;

constexpr double perLevel = 1.0 / 255.0;
constexpr Config::Normalisation half{ { 0.5, 0.5, 0.5 }, { 0.5, 0.5, 0.5 } };
constexpr Config::Normalisation imageNet{ { 0.485, 0.456, 0.406 }, { 0.229, 0.224, 0.225 } };
constexpr Config::Normalisation clip{ { 0.48145466, 0.4578275, 0.40821073 },
    { 0.26862954, 0.26130258, 0.27577711 } };

ResizeRule square(int side, Resample resample)
{
    ResizeRule rule;
    rule.size = { side, side };
    rule.resample = resample;
    return rule;
}

ResizeRule shortest(int edge)
{
    ResizeRule rule;
    rule.fit = ResizeRule::Fit::ShortestEdge;
    rule.shortestEdge = edge;
    rule.resample = Resample::Bicubic;
    return rule;
}

ResizeRule detection(int multipleOf)
{
    ResizeRule rule;
    rule.fit = ResizeRule::Fit::BetweenEdges;
    rule.shortestEdge = 800;
    rule.longestEdge = 1333;
    rule.multipleOf = multipleOf;
    return rule;
}

constexpr std::string_view vitModels[] = { "vit", "vit_mae", "vit_msn", "swin" };
constexpr std::string_view deitModels[] = { "deit" };
constexpr std::string_view clipModels[] = { "clip", "clip_vision_model" };
constexpr std::string_view siglipModels[] = { "siglip", "siglip_vision_model" };
constexpr std::string_view bitModels[] = { "dinov2", "dinov2_with_registers" };
constexpr std::string_view beitModels[] = { "beit" };
constexpr std::string_view blipModels[] = { "blip" };
constexpr std::string_view detrModels[] = { "detr" };
constexpr std::string_view yolosModels[] = { "yolos" };

std::vector<ImageProcessorType> makeTypes()
{
    constexpr auto bicubic = Resample::Bicubic;
    constexpr PixelSize crop{ 224, 224 };
    const Config::Padding masked{ {}, true }, plain{ {}, false };
    return {
        { "ViT", vitModels, Reading::Square,
            { "ViT", square(224, Resample::Bilinear), {}, perLevel, half, {} } },
        { "DeiT", deitModels, Reading::Square, { "DeiT", square(256, bicubic), crop, perLevel, half, {} } },
        { "CLIP", clipModels, Reading::ShortestEdge, { "CLIP", shortest(224), crop, perLevel, clip, {} } },
        { "Siglip", siglipModels, Reading::Square,
            { "Siglip", square(224, bicubic), {}, perLevel, half, {} } },
        { "Bit", bitModels, Reading::ShortestEdge, { "Bit", shortest(224), crop, perLevel, clip, {} } },
        { "Beit", beitModels, Reading::Square, { "Beit", square(256, bicubic), crop, perLevel, half, {} } },
        { "Blip", blipModels, Reading::Square, { "Blip", square(384, bicubic), {}, perLevel, clip, {} } },
        { "Detr", detrModels, Reading::BetweenEdges,
            { "Detr", detection(1), {}, perLevel, imageNet, masked } },
        { "Yolos", yolosModels, Reading::BetweenEdges,
            { "Yolos", detection(16), {}, perLevel, imageNet, plain } },
    };
}

} // namespace

std::span<const ImageProcessorType> imageProcessorTypes()
{
    static const std::vector<ImageProcessorType> types = makeTypes();
    return types;
}

} // namespace headlight
