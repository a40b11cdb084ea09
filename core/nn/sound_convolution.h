#pragma once
// How sound becomes a row of moments: convolutions with their norms and activations, and one that tells
// moments where they are.

#include "core/nn/layers.h"

namespace headlight {

/// One convolution over time. Shapes: [T,C] → [tokens of T,C'].
struct SoundConvolution {
    Linear kernel; ///< weight [C',C,k]
    std::int64_t stride = 1;
    Activation activation = Activation::Gelu;
    std::optional<Norm> norm = {};
    /// Of channels the norm is over, all moments together; 0: it is over the channels of each moment.
    std::int64_t normGroups = 0;
    bool normLast = false; ///< behind the activation

    struct Sizes {
        std::int64_t in, out, kernel, stride;
    };
    /// Parameters: "<name>.weight", "<name>.bias" (may be absent).
    static SoundConvolution load(ParameterSource& source, const std::string& name, const Sizes& sizes,
        Linear::Bias bias, Activation activation);
    Var operator()(const Var& x, Run& run) const;
    std::int64_t tokens(std::int64_t samples) const;
};

/// Positions heard from the neighbourhood. Source: Baevski et al. 2020.
struct PositionConvolution {
    ParameterRef weight, length, bias; ///< length: null when the file holds the finished weight
    std::int64_t kernel, groups;
    Activation activation;

    struct Sizes {
        std::int64_t width, kernel, groups;
    };
    /// Parameters below "<name>.".
    static PositionConvolution load(
        ParameterSource& source, const std::string& name, const Sizes& sizes, Activation activation);
    /// Shapes: [T,E] → [T,E].
    Var operator()(const Var& x, Run& run) const;
};

/// Rows of padding become zeros. Shapes: x [T,E], mask T or empty → [T,E].
Var silencePadding(const Var& x, const std::vector<std::uint8_t>& mask);

} // namespace headlight
