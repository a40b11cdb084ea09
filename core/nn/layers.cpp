#include "core/nn/layers.h"

namespace headlight {
namespace {

/// The usual start of transformer parameters (Devlin et al. 2019, Radford et al. 2019).
constexpr float usualDeviation = 0.02f;

} // namespace

Linear Linear::load(ParameterSource& source, const std::string& name, std::int64_t in, std::int64_t out, Bias withBias)
{
    return { source.take(name + ".weight", { out, in }, Initialisation::normal(usualDeviation)),
        withBias == Bias::Yes ? source.take(name + ".bias", { out }, Initialisation::zeros()) : nullptr, false };
}

Linear Linear::loadTransposed(ParameterSource& source, const std::string& name, std::int64_t in, std::int64_t out)
{
    return { source.take(name + ".weight", { in, out }, Initialisation::normal(usualDeviation)),
        source.take(name + ".bias", { out }, Initialisation::zeros()), true };
}

Var Linear::operator()(const Var& x, Run& run) const
{
    const Var b = bias ? run.use(bias) : Var();
    Var y = transposed ? linearTransposed(x, run.use(weight), b) : linear(x, run.use(weight), b);
    if (run.steps != nullptr)
        run.steps->mapped(x, y, weight, bias, transposed);
    return y;
}

Norm Norm::layer(
    ParameterSource& source, const std::string& name, std::int64_t width, float epsilon, Linear::Bias withBias)
{
    return { source.take(name + ".weight", { width }, Initialisation::ones()),
        withBias == Linear::Bias::Yes ? source.take(name + ".bias", { width }, Initialisation::zeros()) : nullptr, epsilon,
        Kind::Layer, 0.0f };
}

Norm Norm::rootMeanSquare(
    ParameterSource& source, const std::string& name, std::int64_t width, float epsilon, float offset)
{
    return { source.take(name + ".weight", { width }, offset == 0.0f ? Initialisation::ones() : Initialisation::zeros()),
        nullptr, epsilon, Kind::RootMeanSquare, offset };
}

Var Norm::operator()(const Var& x, Run& run) const
{
    if (kind == Kind::RootMeanSquare)
        return run.changed(x, rmsNorm(x, weight ? run.use(weight) : Var(), epsilon, offset), "root-mean-square norm");
    const std::int64_t width = x.shape().columns();
    return run.changed(x,
        layerNorm(x, weight ? run.use(weight) : Var(Tensor::filled({ width }, 1.0f)),
            bias ? run.use(bias) : Var(Tensor::zeros({ width })), epsilon),
        "layer norm");
}

Embedding Embedding::load(ParameterSource& source, const std::string& name, std::int64_t rows, std::int64_t width)
{
    return { source.take(name + ".weight", { rows, width }, Initialisation::normal(usualDeviation)) };
}

Var Embedding::operator()(std::span<const std::int64_t> ids, Run& run) const
{
    return embedding(run.use(table), ids);
}

Var FeedForward::operator()(const Var& x, Run& run) const
{
    return out(activate(activation, in(x, run)), run);
}

Var GatedFeedForward::operator()(const Var& x, Run& run) const
{
    return out(multiply(activate(activation, gate(x, run)), in(x, run)), run);
}

Var JointGatedFeedForward::operator()(const Var& x, Run& run) const
{
    const Var both = joint(x, run);
    const std::int64_t inner = both.shape().columns() / 2;
    const std::vector<Var> parts = splitColumns(both, std::array { inner, inner });
    const std::size_t gate = gateFirst ? 0 : 1;
    return out(multiply(activate(activation, parts[gate]), parts[1 - gate]), run);
}

std::vector<Var> splitColumns(const Var& x, std::span<const std::int64_t> widths)
{
    std::vector<Var> parts;
    std::int64_t first = 0;
    for (const std::int64_t width : widths) {
        const ColumnRange range { first, first + width };
        parts.push_back(selectColumns(x, { &range, 1 }));
        first += width;
    }
    HEADLIGHT_CHECK(first == x.shape().columns(), "parts that do not make up the whole");
    return parts;
}

Var interleavedPart(const Var& x, std::int64_t heads, std::int64_t parts, std::int64_t part)
{
    const std::int64_t size = x.shape().columns() / (heads * parts);
    std::vector<ColumnRange> ranges;
    for (std::int64_t h = 0; h < heads; ++h)
        ranges.push_back({ (h * parts + part) * size, (h * parts + part + 1) * size });
    return selectColumns(x, ranges);
}

std::optional<Activation> activationFromName(std::string_view name)
{
    static const std::map<std::string_view, Activation> names {
        { "gelu", Activation::Gelu },
        { "gelu_python", Activation::Gelu },
        { "gelu_new", Activation::GeluTanh },
        { "gelu_accurate", Activation::GeluTanh },
        { "gelu_fast", Activation::GeluTanh },
        { "gelu_pytorch_tanh", Activation::GeluTanh },
        { "quick_gelu", Activation::QuickGelu },
        { "relu", Activation::Relu },
        { "silu", Activation::Silu },
        { "swish", Activation::Silu },
        { "tanh", Activation::Tanh },
        { "sigmoid", Activation::Sigmoid },
        { "linear", Activation::Identity },
    };
    const auto found = names.find(name);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

} // namespace headlight
