#include "core/nn/layers.h"

#include "core/attention/mechanism.h"

namespace headlight {
namespace {

/// The usual start of transformer parameters (Devlin et al. 2019, Radford et al. 2019).
constexpr float usualDeviation = 0.02f;

void record(AttentionOutput& attention, const SelfAttention& layer, const Packing& packing, Run& run)
{
    if (run.tape != nullptr && !run.training())
        run.recordedWeights.push_back({ layer.site, attention.weights });
    if (attention.source == nullptr)
        return;
    LayerAttention record;
    record.site = layer.site;
    record.heads = layer.heads;
    record.queries = record.keys = packing.rows();
    record.source = std::move(attention.source);
    record.summaries = std::move(attention.summaries);
    run.trace->addLayer(std::move(record));
}

} // namespace

Linear Linear::load(ParameterSource& source, const std::string& name, std::int64_t in, std::int64_t out, Bias withBias)
{
    return { source.take(name + ".weight", { out, in }, Initialisation::normal(usualDeviation)),
        withBias == Bias::Yes ? source.take(name + ".bias", { out }, Initialisation::zeros()) : nullptr };
}

Var Linear::operator()(const Var& x, Run& run) const
{
    return linear(x, run.use(weight), bias ? run.use(bias) : Var());
}

LayerNorm LayerNorm::load(ParameterSource& source, const std::string& name, std::int64_t width, float epsilon)
{
    return { source.take(name + ".weight", { width }, Initialisation::ones()),
        source.take(name + ".bias", { width }, Initialisation::zeros()), epsilon };
}

Var LayerNorm::operator()(const Var& x, Run& run) const
{
    return layerNorm(x, run.use(weight), run.use(bias), epsilon);
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

Var SelfAttention::operator()(const Var& x, const Packing& packing, Run& run) const
{
    AttentionInputs inputs;
    inputs.q = query(x, run);
    inputs.k = key(x, run);
    inputs.v = value(x, run);
    inputs.heads = heads;
    inputs.scale = 1.0f / std::sqrt(float(inputs.q.shape().columns()) / float(heads));
    inputs.queryBegins = inputs.keyBegins = packing.begins;
    inputs.keyMasks = packing.keyMasks;
    const bool wanted = run.trace != nullptr && run.request.keeps(site.layer);
    AttentionOutput attention = softmaxDot().attend(inputs, { wanted, run.tape });
    const Var context = attention.context;
    record(attention, *this, packing, run);
    return output(context, run);
}

std::optional<Activation> activationFromName(std::string_view name)
{
    static const std::map<std::string_view, Activation> names {
        { "gelu", Activation::Gelu },
        { "gelu_new", Activation::GeluTanh },
        { "gelu_fast", Activation::GeluTanh },
        { "gelu_pytorch_tanh", Activation::GeluTanh },
        { "quick_gelu", Activation::QuickGelu },
        { "relu", Activation::Relu },
        { "silu", Activation::Silu },
        { "swish", Activation::Silu },
        { "tanh", Activation::Tanh },
        { "linear", Activation::Identity },
    };
    const auto found = names.find(name);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

} // namespace headlight
