// Integer and floating-point steps follow the reference, because a pixel more or less shifts every patch.

#include "core/vision/resize_rule.h"

namespace headlight {
namespace {

/// long · shortestEdge / short in whole numbers.
PixelSize fitShortestEdge(const ResizeRule& rule, PixelSize original)
{
    const std::int64_t longer = std::max(original.width, original.height);
    const std::int64_t shorter = std::min(original.width, original.height);
    const int stretched =
        int(std::min<std::int64_t>(rule.shortestEdge * longer / shorter, Image::maxPixels + 1));
    return original.width <= original.height ? PixelSize{ rule.shortestEdge, stretched }
                                             : PixelSize{ stretched, rule.shortestEdge };
}

/// When the longer side would pass the limit, the shorter one shrinks; its unrounded length sets the longer
/// one.
PixelSize fitBetweenEdges(const ResizeRule& rule, PixelSize original)
{
    const double width = original.width, height = original.height;
    const double shorter = std::min(width, height), longer = std::max(width, height);
    double exact = rule.shortestEdge;
    int target = rule.shortestEdge;
    if (rule.longestEdge && longer / shorter * target > *rule.longestEdge) {
        exact = *rule.longestEdge * shorter / longer;
        target = int(std::nearbyint(exact));
    }
    const auto whole = [](double length) { return int(std::min(length, double(Image::maxPixels) + 1.0)); };
    PixelSize size = original;
    const bool tall = original.width < original.height;
    // A side that fits already keeps both sides as they are; YOLOS' own variant lacks this for tall pictures.
    const bool keeps = std::min(original.width, original.height) == target && !(tall && rule.multipleOf > 1);
    if (!keeps)
        size = tall ? PixelSize{ target, whole(exact * height / width) }
                    : PixelSize{ whole(exact * width / height), target };
    return { size.width / rule.multipleOf * rule.multipleOf,
        size.height / rule.multipleOf * rule.multipleOf };
}

/// Source: Laurençon et al. 2024, as the reference rounds.
PixelSize fitLongestEdge(const ResizeRule& rule, PixelSize original)
{
    const double aspect = double(original.width) / original.height;
    const int longest = rule.longestEdge.value_or(std::max(original.width, original.height));
    const auto even = [](double length) { return std::max(1, int(length) + int(length) % 2); };
    return original.width >= original.height ? PixelSize { longest, even(longest / aspect) } : PixelSize { even(longest * aspect), longest };
}

/// Source: Wang et al. 2024 (Qwen2-VL), "smart resize".
PixelSize fitPixelBudget(const ResizeRule& rule, PixelSize original)
{
    const double factor = rule.multipleOf, width = original.width, height = original.height;
    const auto nearest = [&](double length) { return std::max(factor, std::nearbyint(length / factor) * factor); };
    PixelSize size { int(nearest(width)), int(nearest(height)) };
    const auto pixels = std::int64_t(size.width) * size.height;
    if (pixels > rule.maxPixels) {
        const double shrink = std::sqrt(width * height / double(rule.maxPixels));
        const auto below = [&](double length) { return int(std::max(factor, std::floor(length / shrink / factor) * factor)); };
        size = { below(width), below(height) };
    } else if (pixels < rule.minPixels) {
        const double stretch = std::sqrt(double(rule.minPixels) / (width * height));
        const auto above = [&](double length) { return int(std::ceil(length * stretch / factor) * factor); };
        size = { above(width), above(height) };
    }
    return size;
}

/// The largest scale that fits, found by halving as the reference does. Source: Tschannen et al. 2025 (SigLIP 2).
PixelSize fitPatchBudget(const ResizeRule& rule, PixelSize original)
{
    constexpr double close = 1e-5;
    const double patch = rule.multipleOf;
    const auto scaled = [&](double scale, int length) {
        return int(std::max(patch, std::ceil(double(length) * scale / patch) * patch));
    };
    double low = close / 10.0, high = 100.0;
    while (high - low >= close) {
        const double scale = (low + high) / 2.0;
        const double patches = scaled(scale, original.height) / patch * (scaled(scale, original.width) / patch);
        (patches <= rule.maxPatches ? low : high) = scale;
    }
    return { scaled(low, original.width), scaled(low, original.height) };
}

PixelSize fitted(const ResizeRule& rule, PixelSize original)
{
    switch (rule.fit) {
    case ResizeRule::Fit::ShortestEdge:
        return fitShortestEdge(rule, original);
    case ResizeRule::Fit::BetweenEdges:
        return fitBetweenEdges(rule, original);
    case ResizeRule::Fit::LongestEdge:
        return fitLongestEdge(rule, original);
    case ResizeRule::Fit::PixelBudget:
        return fitPixelBudget(rule, original);
    case ResizeRule::Fit::PatchBudget:
        return fitPatchBudget(rule, original);
    case ResizeRule::Fit::Exact:
        break;
    }
    return rule.size;
}

} // namespace

Expected<PixelSize> sizeAfter(const ResizeRule& rule, PixelSize original)
{
    HEADLIGHT_CHECK(original.width > 0 && original.height > 0, "resize of an empty picture");
    const PixelSize size = fitted(rule, original);
    const auto refuse = [&](const char* why) {
        return Error{ ErrorKind::BadInput,
            fmt::format(
                "A picture of {}x{} pixels cannot be resized to {}x{} as this model's processor asks: {}. "
                "Crop the picture to a less extreme shape.",
                original.width, original.height, size.width, size.height, why) };
    };
    if (size.width < 1 || size.height < 1)
        return refuse("nothing would be left");
    // The pass over the columns comes first, so its result must fit as well.
    if (std::int64_t(size.width) * std::max(size.height, original.height) > Image::maxPixels)
        return refuse("that is too large");
    return size;
}

} // namespace headlight
