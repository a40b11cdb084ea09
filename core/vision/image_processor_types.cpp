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
constexpr std::string_view dinov3Models[] = { "dinov3_vit" };
constexpr std::string_view gemma3Models[] = { "gemma3" };
constexpr std::string_view idefics3Models[] = { "idefics3" };
constexpr std::string_view smolModels[] = { "smolvlm" };
constexpr std::string_view qwenModels[] = { "qwen2_vl", "qwen2_5_vl", "qwen3_vl" };
constexpr std::string_view siglip2Models[] = { "siglip2", "siglip2_vision_model" };
constexpr std::string_view beitModels[] = { "beit" };
constexpr std::string_view blipModels[] = { "blip" };
constexpr std::string_view detrModels[] = { "detr" };
constexpr std::string_view yolosModels[] = { "yolos" };

ResizeRule longest(int edge)
{
    ResizeRule rule;
    rule.fit = ResizeRule::Fit::LongestEdge;
    rule.longestEdge = edge;
    rule.resample = Resample::Lanczos;
    return rule;
}

ResizeRule pixelBudget()
{
    ResizeRule rule;
    rule.fit = ResizeRule::Fit::PixelBudget;
    rule.multipleOf = 28;
    rule.minPixels = 56 * 56;
    rule.maxPixels = 28 * 28 * 1280;
    rule.resample = Resample::Bicubic;
    return rule;
}

ResizeRule patchBudget()
{
    ResizeRule rule;
    rule.fit = ResizeRule::Fit::PatchBudget;
    rule.multipleOf = 16;
    rule.maxPatches = 256;
    rule.resample = Resample::Bilinear;
    return rule;
}

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
        { "DINOv3ViT", dinov3Models, Reading::Square,
            { "DINOv3ViT", square(224, Resample::Bilinear), {}, perLevel, imageNet, {} } },
        { "Gemma3", gemma3Models, Reading::Square,
            { "Gemma3", square(896, Resample::Bilinear), {}, perLevel, half, {}, {}, Config::Words::SoftTokens } },
        { "Idefics3", idefics3Models, Reading::LongestEdge,
            { "Idefics3", longest(4 * 364), {}, perLevel, half, {}, Config::Tiles {}, Config::Words::Tiles } },
        { "SmolVLM", smolModels, Reading::LongestEdge,
            { "SmolVLM", longest(4 * 364), {}, perLevel, half, {}, Config::Tiles {}, Config::Words::Tiles } },
        { "Qwen2VL", qwenModels, Reading::PixelBudget,
            { "Qwen2VL", pixelBudget(), {}, perLevel, clip, {}, {}, Config::Words::VisionSpan } },
        { "Siglip2", siglip2Models, Reading::PatchBudget, { "Siglip2", patchBudget(), {}, perLevel, half, {} } },
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
