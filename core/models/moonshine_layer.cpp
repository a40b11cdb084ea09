#include "core/models/moonshine_layer.h"

namespace headlight {
namespace {

/// SelfAttention or CrossAttention: "<name>q_proj" ... "<name>o_proj".
template <typename Attention>
Attention loadAttention(
    ParameterSource& source, const std::string& name, const MoonshineStack& c, AttentionSite site)
{
    const auto linear = [&](const char* part, std::int64_t out, Linear::Bias bias) {
        return Linear::load(source, name + part, c.width, out, bias);
    };
    const std::int64_t keys = c.keyHeads * c.headSize();
    return { linear("q_proj", c.width, c.bias), linear("k_proj", keys, c.bias),
        linear("v_proj", keys, c.bias), linear("o_proj", c.width, Linear::Bias::No),
        { .site = site,
            .heads = int(c.heads),
            .keyHeads = int(c.keyHeads),
            .span = site.kind == AttentionKind::Decoder ? causalSpan() : globalSpan() } };
}

} // namespace

MoonshineStack MoonshineStack::read(Config& config, const std::string& name, const char* activation)
{
    const auto key = [&](const char* what) { return name + what; };
    MoonshineStack c{};
    c.layers = config.size(key("_num_hidden_layers").c_str(), 6, 1000);
    c.heads = config.size(key("_num_attention_heads").c_str(), 8, 4096);
    c.keyHeads = config.has(key("_num_key_value_heads").c_str())
        ? config.size(key("_num_key_value_heads").c_str(), 1, 4096)
        : c.heads;
    c.width = config.size("hidden_size", 288);
    c.inner = config.size("intermediate_size", 1152);
    c.activation = config.activation(key("_hidden_act").c_str(), activation);
    c.bias = config.flag("attention_bias", false) ? Linear::Bias::Yes : Linear::Bias::No;
    if (c.width % c.heads != 0 || c.heads % c.keyHeads != 0)
        config.problem(fmt::format(
            "A width of {}, {} heads and {} key heads do not fit each other.", c.width, c.heads, c.keyHeads));
    return c;
}

Norm loadMoonshineNorm(ParameterSource& source, const std::string& name, std::int64_t width)
{
    return Norm::layer(source, name, width, 1e-5f, Linear::Bias::No);
}

MoonshineLayer MoonshineLayer::load(
    ParameterSource& source, const std::string& name, const MoonshineStack& c, AttentionSite site)
{
    const bool decodes = site.kind == AttentionKind::Decoder;
    MoonshineLayer layer;
    layer.attentionNorm = loadMoonshineNorm(source, name + "input_layernorm", c.width);
    layer.forwardNorm =
        loadMoonshineNorm(source, name + (decodes ? "final_layernorm" : "post_attention_layernorm"), c.width);
    layer.attention = loadAttention<SelfAttention>(source, name + "self_attn.", c, site);
    const Linear in = Linear::load(source, name + "mlp.fc1", c.width, decodes ? 2 * c.inner : c.inner);
    const Linear out = Linear::load(source, name + "mlp.fc2", c.inner, c.width);
    if (!decodes) {
        layer.forward = FeedForward{ in, out, c.activation };
        return layer;
    }
    layer.forward = JointGatedFeedForward{ in, out, c.activation, false };
    layer.crossNorm = loadMoonshineNorm(source, name + "post_attention_layernorm", c.width);
    layer.cross = loadAttention<CrossAttention>(
        source, name + "encoder_attn.", c, { AttentionKind::Cross, site.layer });
    return layer;
}

Var MoonshineLayer::operator()(
    const Var& x, const Packing& packing, const RotaryAngles& angles, const Seen* seen, Run& run) const
{
    Var y = run.addResidual(x, attention(attentionNorm(x, run), packing, run, nullptr, &angles));
    if (cross)
        y = run.addResidual(y, (*cross)(crossNorm(y, run), packing, seen->states, seen->packing, run));
    return add(y, forward(forwardNorm(y, run), run));
}

} // namespace headlight
