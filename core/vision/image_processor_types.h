#pragma once
// The processor classes that are known: what each does when its file says nothing, and how it reads "size".

#include "core/vision/image_processor_config.h"

#include <span>

namespace headlight {

struct ImageProcessorType {
    /// What `"size": 224` and a single "shortest_edge" mean.
    enum class SizeReading { Square, ShortestEdge, BetweenEdges, LongestEdge, PixelBudget, PatchBudget };

    std::string_view name; ///< in front of "ImageProcessor" and "FeatureExtractor"
    std::span<const std::string_view> modelTypes; ///< model_type of config.json, for files that name no class
    SizeReading sizeReading;
    ImageProcessorConfig defaults; ///< `crop`, `padding` absent: the class has no such step
};

std::span<const ImageProcessorType> imageProcessorTypes();

} // namespace headlight
