#include "core/models/gemma4_layer.h"

#include "core/nn/experts.h"

namespace headlight {
namespace {

/// The last layer before `firstSharing` that sees as much as `index` does.
std::optional<int> rowsOf(Config& config, const Gemma4Config& c, int index)
{
    if (!c.shares(index))
        return std::nullopt;
    for (int from = int(c.firstSharing) - 1; from >= 0; --from)
        if (c.slides(from) == c.slides(index))
            return from;
    config.problem(
        fmt::format("Layer {} has no earlier layer of its kind to take keys and values from.", index));
    return std::nullopt;
}

Norm loadNorm(ParameterSource& source, const std::string& name, std::int64_t width, const Gemma4Config& c)
{
    return Norm::rootMeanSquare(source, name, width, c.s.epsilon);
}

Heads headsOf(const Gemma4Config& c, int index, std::optional<int> rowsOf)
{
    const std::int64_t window = c.s.windows[std::size_t(index)];
    const bool both = c.s.bothWays;
    return { .site = { both ? AttentionKind::Encoder : AttentionKind::Decoder, index },
        .heads = int(c.s.heads),
        .keyHeads = int(c.keyHeads(index)),
        .scale = 1.0f,
        .span = window == 0 ? (both ? globalSpan() : causalSpan())
                            : (both ? windowSpan(window / 2) : slidingSpan(window)),
        .note = rowsOf ? fmt::format("keys of layer {}", *rowsOf) : "" };
}

/// q, k and v with their norms; a layer that shares has a query of its own only.
void loadAttention(
    DecoderLayer& layer, ParameterSource& source, const std::string& name, int index, const Gemma4Config& c)
{
    const RotaryDecoderSettings& s = c.s;
    const std::int64_t size = c.headSize(index), keys = c.keyHeads(index) * size;
    const auto linear = [&](const char* part, std::int64_t out) {
        return Linear::load(source, name + part, s.width, out, s.qkvBias);
    };
    layer.projections.query = linear("q_proj", s.heads * size);
    layer.queryNorm = { { loadNorm(source, name + "q_norm", size, c) } };
    layer.output = Linear::load(source, name + "o_proj", s.heads * size, s.width, s.outputBias);
    if (layer.rowsOf)
        return;
    layer.projections.key = linear("k_proj", keys);
    if (!c.keysAreValues || c.slides(index))
        layer.projections.value = linear("v_proj", keys);
    layer.keyNorm = { { loadNorm(source, name + "k_norm", size, c) } };
    layer.valueNorm = { { Norm{ nullptr, nullptr, s.epsilon, Norm::Kind::RootMeanSquare } } };
}

/// A feed-forward part and routed experts side by side, each with norms of its own before and behind.
void addExperts(DecoderLayer& layer, ParameterSource& source, const std::string& name, const Gemma4Config& c)
{
    const RotaryDecoderSettings& s = c.s;
    const auto norm = [&](const char* part) { return loadNorm(source, name + part, s.width, c); };
    Experts experts{ .site = layer.heads.site, .router = {} };
    Router& router = experts.router;
    router.norm = Norm{ source.take(name + "router.scale", { s.width }, Initialisation::ones()), nullptr,
        s.epsilon, Norm::Kind::RootMeanSquare };
    router.inputScale = 1.0f / std::sqrt(float(s.width));
    router.map = Linear::load(source, name + "router.proj", s.width, c.experts, Linear::Bias::No);
    router.chosen = c.expertsChosen;
    router.normalised = true;
    router.expertFactors =
        source.take(name + "router.per_expert_scale", { c.experts }, Initialisation::ones());
    experts.before = norm("pre_feedforward_layernorm_2");
    experts.experts =
        loadStackedExperts(source, name + "experts.", c.experts, s.width, c.expertInner, s.activation);
    layer.forward = [experts, before = *layer.beforeForward, dense = layer.forward,
                        afterDense = norm("post_feedforward_layernorm_1"),
                        afterExperts = norm("post_feedforward_layernorm_2")](const Var& x, Run& run) {
        return add(afterDense(dense(before(x, run), run), run), afterExperts(experts(x, run), run));
    };
    layer.beforeForward.reset(); // each side norms the state for itself
}

DecoderLayer loadDecoder(ParameterSource& source, const std::string& name, int index,
    std::optional<int> rowsOf, const Gemma4Config& c)
{
    const RotaryDecoderSettings& s = c.s;
    DecoderLayer layer;
    layer.beforeAttention = loadNorm(source, name + "input_layernorm", s.width, c);
    layer.afterAttention = loadNorm(source, name + "post_attention_layernorm", s.width, c);
    layer.beforeForward = loadNorm(source, name + "pre_feedforward_layernorm", s.width, c);
    layer.afterForward = loadNorm(source, name + "post_feedforward_layernorm", s.width, c);
    layer.rowsOf = rowsOf;
    layer.leavesRows = !c.shares(index) && c.firstSharing < s.layers;
    layer.heads = headsOf(c, index, rowsOf);
    loadAttention(layer, source, name + "self_attn.", index, c);
    const std::int64_t inner = s.inner * (c.wideSharing && c.shares(index) ? 2 : 1);
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + part, in, out, Linear::Bias::No);
    };
    layer.forward = GatedFeedForward{ linear("mlp.gate_proj", s.width, inner),
        linear("mlp.up_proj", s.width, inner), linear("mlp.down_proj", inner, s.width), s.activation };
    if (c.experts > 0)
        addExperts(layer, source, name, c);
    return layer;
}

} // namespace

Gemma4Layer Gemma4Layer::load(Config& config, ParameterSource& source, int index, const Gemma4Config& c)
{
    const std::string name = fmt::format("model.layers.{}.", index);
    Gemma4Layer layer{ loadDecoder(source, name, index, rowsOf(config, c, index), c), {}, {}, {}, {},
        { index * c.perLayer, (index + 1) * c.perLayer }, c.s.activation };
    layer.factor = source.take(name + "layer_scalar", { 1 }, Initialisation::ones());
    if (c.perLayer == 0)
        return layer;
    layer.gate = Linear::load(source, name + "per_layer_input_gate", c.s.width, c.perLayer, Linear::Bias::No);
    layer.projection =
        Linear::load(source, name + "per_layer_projection", c.perLayer, c.s.width, Linear::Bias::No);
    layer.norm = loadNorm(source, name + "post_per_layer_input_norm", c.s.width, c);
    return layer;
}

Var Gemma4Layer::operator()(const Var& x, const Var& fed, const DecoderLayer::Pass& pass, Run& run) const
{
    Var y = decoder(x, pass, run);
    if (norm) {
        const Var gated = multiply(activate(activation, gate(y, run)), selectColumns(fed, { &own, 1 }));
        y = add(y, (*norm)(projection(gated, run), run));
    }
    return scale(y, factor->value.toFloat().at(0));
}

} // namespace headlight
