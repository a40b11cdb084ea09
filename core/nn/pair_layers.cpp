#include "core/nn/pair_layers.h"

namespace headlight {
namespace {

struct Projections {
    Linear query, key, value, output;

    /// Keys and values are made of vectors of `from` numbers.
    static Projections load(ParameterSource& source, const std::string& name, const PairLayerShape& shape, std::int64_t from)
    {
        const std::int64_t width = shape.width;
        return { Linear::load(source, name + "q_proj", width, width),
            Linear::load(source, name + "k_proj", from, width, shape.keyBias),
            Linear::load(source, name + "v_proj", from, width), Linear::load(source, name + "out_proj", width, width) };
    }
};

/// x with a part added, its norm before or after.
template <typename Part>
Var residual(const Var& x, const Norm& norm, NormPlace place, Run& run, Part part)
{
    return place == NormPlace::Before ? run.addResidual(x, part(norm(x, run))) : norm(run.addResidual(x, part(x)), run);
}

} // namespace

PairEncoderLayer PairEncoderLayer::load(
    ParameterSource& source, const std::string& name, const PairLayerShape& shape, AttentionSite site)
{
    Projections own = Projections::load(source, name + "self_attn.", shape, shape.width);
    const auto span = site.kind == AttentionKind::Decoder ? causalSpan() : globalSpan();
    return { { own.query, own.key, own.value, own.output, { .site = site, .heads = int(shape.heads), .span = span } },
        Norm::layer(source, name + "self_attn_layer_norm", shape.width, shape.epsilon),
        Norm::layer(source, name + "final_layer_norm", shape.width, shape.epsilon),
        { Linear::load(source, name + "fc1", shape.width, shape.inner), Linear::load(source, name + "fc2", shape.inner, shape.width),
            shape.activation },
        shape.norms, shape.dropout };
}

Var PairEncoderLayer::attend(const Var& x, const Packing& packing, Run& run) const
{
    return residual(x, attentionNorm, norms, run,
        [&](const Var& in) { return run.dropout(attention(in, packing, run), dropout); });
}

Var PairEncoderLayer::feed(const Var& x, Run& run) const
{
    return residual(x, outputNorm, norms, run, [&](const Var& in) { return run.dropout(feedForward(in, run), dropout); });
}

Var PairEncoderLayer::operator()(const Var& x, const Packing& packing, Run& run) const
{
    return feed(attend(x, packing, run), run);
}

PairDecoderLayer PairDecoderLayer::load(
    ParameterSource& source, const std::string& name, const PairLayerShape& shape, AttentionSite site)
{
    PairEncoderLayer self = PairEncoderLayer::load(source, name, shape, site);
    Projections cross = Projections::load(
        source, name + "encoder_attn.", shape, shape.statesWidth == 0 ? shape.width : shape.statesWidth);
    site.kind = AttentionKind::Cross;
    return { std::move(self),
        { cross.query, cross.key, cross.value, cross.output, { .site = site, .heads = int(shape.heads) } },
        Norm::layer(source, name + "encoder_attn_layer_norm", shape.width, shape.epsilon) };
}

Var PairDecoderLayer::operator()(const Var& x, const Packing& packing, const Encoder& encoder, Run& run) const
{
    const Var looked = residual(self.attend(x, packing, run), crossNorm, self.norms, run, [&](const Var& in) {
        return run.dropout(cross(in, packing, encoder.states, encoder.packing, run), self.dropout);
    });
    return self.feed(looked, run);
}

} // namespace headlight
