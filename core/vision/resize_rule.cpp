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

PixelSize fitted(const ResizeRule& rule, PixelSize original)
{
    switch (rule.fit) {
    case ResizeRule::Fit::ShortestEdge:
        return fitShortestEdge(rule, original);
    case ResizeRule::Fit::BetweenEdges:
        return fitBetweenEdges(rule, original);
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
