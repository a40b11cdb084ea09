#include "core/models/rotary_encoder.h"

namespace headlight {

RotaryEncoder::RotaryEncoder(Config& config, const EncoderSizes& sizes, const RopeDefaults& rope)
    : EncoderModel(config, sizes, "softmax, every token sees every token")
    , m_rotary(readRope(config, rope))
{
}

void RotaryEncoder::load(ParameterSource& source, const RotaryEncoderLayout& layout)
{
    const std::int64_t width = m_sizes.width;
    const std::string embeddings = layout.prefix + "embeddings.";
    m_embeddings.words = Embedding::load(source, embeddings + "word_embeddings", m_sizes.vocabulary, width);
    if (m_sizes.types > 0)
        m_embeddings.types =
            Embedding::load(source, embeddings + "token_type_embeddings", m_sizes.types, width);
    m_embeddings.norm = Norm::layer(source, layout.prefix + "emb_ln", width, m_sizes.epsilon);
    m_embeddings.dropout = m_sizes.dropout;
    for (int i = 0; i < int(m_sizes.layers); ++i) {
        const std::string name = fmt::format("{}encoder.layers.{}.", layout.prefix, i),
                          attention = name + layout.attention;
        Layer layer;
        layer.attention.joint =
            Linear::load(source, attention + ".Wqkv", width, 3 * width, layout.attentionBias);
        layer.attention.output =
            Linear::load(source, attention + ".out_proj", width, width, layout.attentionBias);
        layer.attention.heads = { .site = { AttentionKind::Encoder, i }, .heads = int(m_sizes.heads) };
        layer.attentionNorm = Norm::layer(source, name + "norm1", width, m_sizes.epsilon);
        layer.outputNorm = Norm::layer(source, name + "norm2", width, m_sizes.epsilon);
        layer.forward = layout.forward(source, name);
        m_layers.push_back(std::move(layer));
    }
}

Var RotaryEncoder::encode(std::span<const ModelInput>, const WordRows& rows, Run& run) const
{
    const RotaryAngles angles = m_rotary.angles(rows.positions);
    return stack(m_embeddings(rows, run), m_sizes.layers, run, [&](int i, const Var& x) {
        const Layer& layer = m_layers[std::size_t(i)];
        const Var attended =
            run.dropout(layer.attention(x, rows.packing, run, nullptr, &angles), m_sizes.dropout);
        const Var between = layer.attentionNorm(run.addResidual(x, attended), run);
        return layer.outputNorm(add(between, run.dropout(layer.forward(between, run), m_sizes.dropout)), run);
    });
}

} // namespace headlight
