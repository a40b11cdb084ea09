#include "core/models/gpt2_layers.h"

namespace headlight {

Gpt2Config Gpt2Config::read(Config& config)
{
    Gpt2Config c {};
    c.vocabulary = config.size("vocab_size", 50257);
    c.width = config.size("n_embd", 768);
    c.layers = config.size("n_layer", 12, 1000);
    c.heads = config.size("n_head", 12, 4096);
    c.positions = config.size("n_positions", 1024);
    c.inner = config.has("n_inner") ? config.size("n_inner") : 4 * c.width;
    c.epsilon = config.real("layer_norm_epsilon", 1e-5f);
    c.activation = config.activation("activation_function", "gelu_new");
    c.scaled = config.flag("scale_attn_weights", true);
    c.scaledByLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
    if (c.width % c.heads != 0)
        config.problem(fmt::format("n_embd {} cannot be shared by {} heads.", c.width, c.heads));
    return c;
}

float Gpt2Config::scale(int index) const
{
    return (scaled ? 1.0f / std::sqrt(float(width) / float(heads)) : 1.0f) / (scaledByLayer ? float(index + 1) : 1.0f);
}

Gpt2Layer Gpt2Layer::load(ParameterSource& source, const std::string& name, const Gpt2Config& c, int index)
{
    const auto norm = [&](const char* part) { return Norm::layer(source, name + part, c.width, c.epsilon); };
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::loadTransposed(source, name + part, in, out);
    };
    Gpt2Layer layer { norm("ln_1"), norm("ln_2"), {},
        { linear("mlp.c_fc", c.width, c.inner), linear("mlp.c_proj", c.inner, c.width), c.activation }, {}, {} };
    layer.attention.joint = linear("attn.c_attn", c.width, 3 * c.width);
    layer.attention.output = linear("attn.c_proj", c.width, c.width);
    layer.attention.heads = { .site = { AttentionKind::Decoder, index }, .heads = int(c.heads), .scale = c.scale(index), .span = causalSpan() };
    if (!c.looks)
        return layer;
    layer.crossNorm = norm("ln_cross_attn");
    layer.cross.emplace();
    layer.cross->query = linear("crossattention.q_attn", c.width, c.width);
    layer.cross->joint = linear("crossattention.c_attn", c.width, 2 * c.width);
    layer.cross->output = linear("crossattention.c_proj", c.width, c.width);
    layer.cross->heads = { .site = { AttentionKind::Cross, index }, .heads = int(c.heads), .scale = c.scale(index) };
    return layer;
}

Var Gpt2Layer::operator()(const Var& x, const Packing& packing, const Encoder* encoder, Run& run) const
{
    Var state = run.addResidual(x, attention(before(x, run), packing, run));
    if (cross && encoder != nullptr)
        state = run.addResidual(state, (*cross)((*crossNorm)(state, run), packing, encoder->states, encoder->packing, run));
    return add(state, feedForward(after(state, run), run));
}

Gpt2Stack Gpt2Stack::load(ParameterSource& source, const std::string& prefix, const Gpt2Config& c)
{
    Gpt2Stack stack;
    stack.words = Embedding::load(source, prefix + "wte", c.vocabulary, c.width);
    stack.positions = Embedding::load(source, prefix + "wpe", c.positions, c.width);
    for (int i = 0; i < c.layers; ++i)
        stack.layers.push_back(Gpt2Layer::load(source, fmt::format("{}h.{}.", prefix, i), c, i));
    stack.norm = Norm::layer(source, prefix + "ln_f", c.width, c.epsilon);
    return stack;
}

} // namespace headlight
