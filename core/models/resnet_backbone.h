#pragma once
// ResNet as a detector's eye: a picture becomes a small map of features. Forward only. Source: He et al. 2016.

#include "core/models/config.h"
#include "core/nn/picture_operations.h"

namespace headlight {

struct ResnetConfig {
    std::int64_t channels = 3, embedding = 64;
    std::vector<std::int64_t> widths, depths; ///< per stage
    bool bottleneck = true; ///< 1 × 1, 3 × 3, 1 × 1; else 3 × 3, 3 × 3
    bool strideInFirst = false; ///< of a bottleneck's convolutions; else in the second
    bool halvesInFirstStage = false;
    bool dilatedLastStage = false; ///< the last stage widens its windows instead of halving
    kernels::Activation activation = kernels::Activation::Relu;

    /// From "backbone_config", or by the name timm gives it ("resnet50"). What is not a ResNet becomes a problem.
    static ResnetConfig read(Config& config);
    std::int64_t stride(std::size_t stage) const;
    /// Pixels from one cell of the last map to the next.
    std::int64_t cellSize() const;
};

class ResnetBackbone {
public:
    /// Hugging Face's names behind `prefix`, or timm's, whichever the source has.
    static ResnetBackbone load(ParameterSource& source, const ResnetConfig& config, const std::string& prefix);
    /// Shapes: picture [C,H,W] → [last width, ⌈H/cell⌉, ⌈W/cell⌉].
    Tensor operator()(const Tensor& picture, const std::function<void()>& betweenBlocks) const;

private:
    /// A convolution and the batch norm behind it, whose statistics stay as they were learned.
    struct ConvolutionNorm {
        ParameterRef weight, gain, offset, mean, variance;
        WindowSteps steps;
        kernels::Activation activation = kernels::Activation::Identity;
        Tensor operator()(const Tensor& x) const;
    };
    struct Block {
        std::vector<ConvolutionNorm> convolutions;
        std::optional<ConvolutionNorm> shortcut;
    };
    class Loader;

    ConvolutionNorm m_stem;
    std::vector<Block> m_blocks;
    kernels::Activation m_activation = kernels::Activation::Relu;
};

} // namespace headlight
