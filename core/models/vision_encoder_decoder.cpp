// A picture read by ViT or DeiT, and a text about it written by GPT-2 or TrOCR's decoder: captions and handwriting.
// Sources: Li et al. 2023 (TrOCR), Rothe et al. 2020 (pairs made of two trained models).

#include "core/models/families.h"
#include "core/models/gpt2_layers.h"
#include "core/models/pair_model.h"
#include "core/models/pair_stacks.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 2> specials { "cls_token", "distillation_token" };

/// What both decoders say of themselves.
struct DecoderSizes {
    std::int64_t vocabulary, width, heads, layers, positions;
};

class VisionEncoderDecoder final : public PairModel {
public:
    VisionEncoderDecoder(Config& config, ParameterSource& source)
    {
        Config encoder = config.part("encoder"), decoder = config.part("decoder");
        const PatchEncoderConfig picture = loadEncoder(encoder, source);
        const DecoderSizes sizes = loadDecoder(decoder, source, picture.width);
        m_encoder.describe(m_info, picture);
        describe(config,
            { .decoderVocabulary = sizes.vocabulary, .width = sizes.width, .heads = sizes.heads,
                .headSize = sizes.width / sizes.heads, .encoderLayers = picture.layers, .decoderLayers = sizes.layers,
                .decoderPositions = sizes.positions },
            "softmax; every patch sees every patch, a word what came before it and all patches");
    }
    std::int64_t tokens(const ModelInput& input) const override { return m_encoder.tokens(input); }

private:
    PatchEncoderConfig loadEncoder(Config& config, ParameterSource& source)
    {
        const std::string type = config.modelType();
        if (type != "vit" && type != "deit")
            config.problem(fmt::format("Its encoder is a \"{}\"; known are vit and deit.", type));
        const auto c = PatchEncoderConfig::read(config);
        m_encoder = PatchEncoder::load(source, c, "encoder.", std::span(specials).first(type == "deit" ? 2 : 1));
        if (source.has("encoder.pooler.dense.weight")) // in the files, though nothing looks at it
            Linear::load(source, "encoder.pooler.dense", c.width, c.width);
        return c;
    }
    DecoderSizes loadDecoder(Config& config, ParameterSource& source, std::int64_t statesWidth)
    {
        const std::string type = config.modelType();
        const std::int64_t crossWidth = config.has("cross_attention_hidden_size") ? config.size("cross_attention_hidden_size") : 0;
        if (crossWidth != 0 && crossWidth != statesWidth)
            config.problem(fmt::format("Its decoder looks at states of width {}, its encoder makes some of {}.", crossWidth, statesWidth));
        if (type != "gpt2" && type != "trocr")
            config.problem(fmt::format("Its decoder is a \"{}\"; known are gpt2 and trocr.", type));
        const DecoderSizes sizes = type == "gpt2" ? loadGpt2(config, source) : loadTrocr(config, source, crossWidth);
        if (statesWidth != sizes.width && crossWidth == 0)
            m_projection = Linear::load(source, "enc_to_dec_proj", statesWidth, sizes.width);
        if (type == "gpt2" && crossWidth != 0 && crossWidth != sizes.width)
            config.problem(fmt::format("GPT-2 of width {} cannot look at states of width {}.", sizes.width, crossWidth));
        return sizes;
    }
    DecoderSizes loadGpt2(Config& config, ParameterSource& source);
    DecoderSizes loadTrocr(Config& config, ParameterSource& source, std::int64_t crossWidth);

    Status checkSource(const ModelInput& input) const override { return m_encoder.check(input); }
    Encoded encode(std::span<const ModelInput> batch, Run& run) const override
    {
        const PatchEncoder::States states = m_encoder(batch, run);
        return { m_encoder.normed(states, run), states.packing };
    }
    Var decode(const DecoderPass& pass) const override;

    PatchEncoder m_encoder;
    std::optional<Linear> m_projection; ///< from the encoder's width to the decoder's
    std::optional<Gpt2Stack> m_gpt2;
    std::optional<PairDecoder> m_trocr;
};

DecoderSizes VisionEncoderDecoder::loadGpt2(Config& config, ParameterSource& source)
{
    Gpt2Config c = Gpt2Config::read(config);
    c.looks = true;
    m_gpt2 = Gpt2Stack::load(source, "decoder.transformer.", c);
    m_words = loadWordHead(source, "decoder.lm_head", m_gpt2->words, { c.vocabulary, c.width }, config.flag("tie_word_embeddings", true));
    return { c.vocabulary, c.width, c.heads, c.layers, c.positions };
}

DecoderSizes VisionEncoderDecoder::loadTrocr(Config& config, ParameterSource& source, std::int64_t crossWidth)
{
    PairStackShape shape;
    PairLayerShape& layer = shape.layer;
    layer.width = config.size("d_model", 1024);
    layer.heads = config.size("decoder_attention_heads", 16, 4096);
    layer.inner = config.size("decoder_ffn_dim", 4096);
    layer.activation = config.activation("activation_function", "gelu");
    layer.statesWidth = crossWidth;
    layer.dropout = config.real("dropout", 0.1f);
    shape.layers = config.size("decoder_layers", 12, 1000);
    shape.positions = config.size("max_position_embeddings", 512);
    shape.padding = config.number("pad_token_id", 1);
    const bool learned = config.flag("use_learned_position_embeddings", true);
    shape.positionKind = learned ? PairPositions::Kind::Learned : PairPositions::Kind::Fairseq;
    shape.embeddingScale = config.flag("scale_embedding", false) ? std::sqrt(float(layer.width)) : 1.0f;
    shape.embeddingNorm = config.flag("layernorm_embedding", true);
    if (layer.width % layer.heads != 0 || layer.width < 4)
        config.problem(fmt::format("d_model {} cannot be shared by {} heads.", layer.width, layer.heads));
    const std::int64_t vocabulary = config.size("vocab_size", 50265);
    const Embedding words = Embedding::load(source, "decoder.model.decoder.embed_tokens", vocabulary, layer.width);
    m_trocr = PairDecoder::load(source, "decoder.model.decoder.", shape, words);
    m_words = loadWordHead(
        source, "decoder.output_projection", words, { vocabulary, layer.width }, config.flag("tie_word_embeddings", true));
    return { vocabulary, layer.width, layer.heads, shape.layers, learned ? shape.positions : 0 };
}

Var VisionEncoderDecoder::decode(const DecoderPass& pass) const
{
    Run& run = pass.run;
    const Var states = m_projection ? (*m_projection)(pass.encoder.states, run) : pass.encoder.states;
    const auto before = int(m_encoder.layers.size());
    if (m_trocr)
        return (*m_trocr)(pass.rows, { states, pass.encoder.packing }, { before, before + int(m_trocr->layers.size()) }, run);
    const Gpt2Layer::Encoder encoder { states, pass.encoder.packing };
    const auto layers = int(m_gpt2->layers.size());
    return runStack(m_gpt2->embed(pass.rows, run),
        { { AttentionKind::Decoder, 0 }, layers, before, before + layers,
            [&](int i, const Var& x) { return m_gpt2->layers[std::size_t(i)](x, pass.rows.packing, &encoder, run); },
            [&](const Var& x) { return m_gpt2->norm(x, run); } },
        run);
}

constexpr std::array<std::string_view, 1> architectures { "VisionEncoderDecoderModel" };

} // namespace

const ModelFamily visionEncoderDecoderFamily { "vision-encoder-decoder", "Vision encoder-decoder", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<VisionEncoderDecoder>(config, source);
    },
    "" };

} // namespace headlight
