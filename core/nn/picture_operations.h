#pragma once
// What a convolutional backbone does to a picture, forward only: no gradient of an attention weight passes through it.

#include "core/tensor/kernels.h"
#include "core/tensor/tensor.h"

namespace headlight {

/// How a window moves over a picture, the same along both axes.
struct WindowSteps {
    std::int64_t stride = 1;
    std::int64_t padding = 0; ///< pixels around the picture: zeros, or left out of a maximum
    std::int64_t dilation = 1; ///< from one pixel under the window to the next
    std::int64_t groups = 1; ///< channels of one group see each other only; convolution only

    /// Places of a window of `size` pixels along an axis of `length`; 0 when it does not fit.
    std::int64_t places(std::int64_t length, std::int64_t size) const;
};

/// What happens to each output channel on its way out: y = activation(scale·y + shift).
struct ChannelFinish {
    std::vector<float> scale, shift; ///< one number per channel; empty: ones, zeros
    kernels::Activation activation = kernels::Activation::Identity;
};

/// Shapes: picture [C,H,W], weight [N,C/G,h,w] in any stored type → [N, places, places].
/// y[n,i,j] = Σ weight[n,c,a,b] · picture[c, i·stride + a·dilation − padding, j·stride + b·dilation − padding].
/// Errors: HEADLIGHT_CHECK on shapes that do not fit, and when nothing would be left.
Tensor convolvePicture(const Tensor& picture, const Tensor& weight, const WindowSteps& steps, const ChannelFinish& finish = {});

/// The largest number under a window of `size` × `size`. Shapes: [C,H,W] → [C, places, places].
Tensor maximumPool(const Tensor& picture, std::int64_t size, const WindowSteps& steps);

} // namespace headlight
