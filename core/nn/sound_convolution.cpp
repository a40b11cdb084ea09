#include "core/nn/sound_convolution.h"

#include "core/autodiff/convolution.h"

#include <numeric>

namespace headlight {

SoundConvolution SoundConvolution::load(ParameterSource& source, const std::string& name, const Sizes& sizes,
    Linear::Bias bias, Activation activation)
{
    const Shape shape{ sizes.out, sizes.in, sizes.kernel };
    return { Linear::of(source.take(name + ".weight", shape, Initialisation::normal(0.02f)),
                 bias == Linear::Bias::Yes
                     ? source.take(name + ".bias", { sizes.out }, Initialisation::zeros())
                     : nullptr),
        sizes.stride, activation };
}

Var SoundConvolution::operator()(const Var& x, Run& run) const
{
    Var y =
        convolve(x, run.use(kernel.weight), kernel.bias ? run.use(kernel.bias) : Var(), { .stride = stride });
    if (normLast)
        y = activate(activation, y);
    if (norm && normGroups > 0)
        y = groupNorm(y, run.use(norm->weight), run.use(norm->bias), normGroups, norm->epsilon);
    else if (norm)
        y = (*norm)(y, run);
    return normLast ? y : activate(activation, y);
}

std::int64_t SoundConvolution::tokens(std::int64_t samples) const
{
    return convolvedRows(samples, kernel.weight->value.shape()[2], { .stride = stride });
}

PositionConvolution PositionConvolution::load(
    ParameterSource& source, const std::string& name, const Sizes& sizes, Activation activation)
{
    const std::string below = name + ".";
    const Shape shape{ sizes.width, sizes.width / sizes.groups, sizes.kernel }, lengths{ 1, 1, sizes.kernel };
    const auto take = [&](const char* part, const Shape& of) {
        return source.take(below + part, of, Initialisation::normal(0.02f));
    };
    // Newer files name the two parts of a normed weight by a parametrization; some hold their product.
    const bool newer =
        !source.has(below + "weight_v") && source.has(below + "parametrizations.weight.original1");
    const bool finished = !newer && !source.has(below + "weight_v") && source.has(below + "weight");
    return { take(finished   ? "weight"
                     : newer ? "parametrizations.weight.original1"
                             : "weight_v",
                 shape),
        finished ? nullptr : take(newer ? "parametrizations.weight.original0" : "weight_g", lengths),
        source.take(below + "bias", { sizes.width }, Initialisation::zeros()), sizes.kernel, sizes.groups,
        activation };
}

Var PositionConvolution::operator()(const Var& x, Run& run) const
{
    const Var w = length ? weightNorm(run.use(weight), run.use(length)) : run.use(weight);
    Var y = convolve(x, w, run.use(bias), { .stride = 1, .padding = kernel / 2, .groups = groups });
    if (y.shape().rows() > x.shape().rows()) { // an even kernel gives one moment too many
        std::vector<std::int64_t> kept(std::size_t(x.shape().rows()));
        std::iota(kept.begin(), kept.end(), 0);
        y = gatherRows(y, kept);
    }
    return headlight::activate(activation, y);
}

Var silencePadding(const Var& x, const std::vector<std::uint8_t>& mask)
{
    if (mask.empty())
        return x;
    const Tensor kept = Tensor::make(x.shape(), [&](std::span<float> out) {
        const std::size_t width = out.size() / mask.size();
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = mask[i / width] != 0 ? 1.0f : 0.0f;
    });
    return multiply(x, Var(kept));
}

} // namespace headlight
