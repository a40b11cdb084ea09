// BLIP: a picture and a caption that a decoder writes while it looks at the patches. Source: Li et al. 2022.

#include "core/models/families.h"
#include "core/models/pair_model.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

struct TextConfig {
    std::int64_t vocabulary, width, statesWidth, inner, layers, heads, positions;
    float epsilon, dropout;
    Activation activation;
};

TextConfig readText(Config& config, std::int64_t pictureWidth)
{
    TextConfig c {};
    c.vocabulary = config.size("vocab_size", 30524);
    c.width = config.size("hidden_size", 768);
    c.statesWidth = pictureWidth; // whatever encoder_hidden_size says, as in the reference
    c.inner = config.size("intermediate_size", 3072);
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 8, 4096);
    c.positions = config.size("max_position_embeddings", 512);
    c.epsilon = config.real("layer_norm_eps", 1e-12f);
    c.dropout = config.real("hidden_dropout_prob", 0.0f);
    c.activation = config.activation("hidden_act", "gelu");
    if (c.width % c.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", c.width, c.heads));
    if (config.text("position_embedding_type", "absolute") != "absolute")
        config.problem("Only absolute positions are supported for BLIP.");
    return c;
}

PatchEncoderConfig readPicture(Config& config)
{
    PatchEncoderConfig c {};
    c.width = config.size("hidden_size", 768);
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 12, 4096);
    c.inner = config.size("intermediate_size", 3072);
    c.image.rows = c.image.columns = config.size("image_size", 384, 1 << 14);
    c.patch.rows = c.patch.columns = config.size("patch_size", 16, 1 << 12);
    c.channels = 3;
    c.epsilon = config.real("layer_norm_eps", 1e-5f);
    c.activation = config.activation("hidden_act", "gelu");
    if (c.width % c.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", c.width, c.heads));
    if (c.grid().count() == 0)
        config.problem(fmt::format("image_size {} is smaller than a patch of {}.", c.image.rows, c.patch.rows));
    return c;
}

PatchEncoder loadPicture(ParameterSource& source, const PatchEncoderConfig& c)
{
    const std::string embeddings = "vision_model.embeddings.";
    const auto start = Initialisation::normal(0.02f);
    PatchEncoder encoder;
    encoder.tower = Tower::Vision;
    encoder.specials.leading = { source.take(embeddings + "class_embedding", { 1, 1, c.width }, start) };
    encoder.embedding = PatchEmbedding::load(source, embeddings + "patch_embedding", { c.width, c.channels, c.patch });
    encoder.positions = ImagePositions { source.take(embeddings + "position_embedding", { 1, 1 + c.grid().count(), c.width }, start),
        c.grid(), 1 };
    for (int i = 0; i < c.layers; ++i) {
        const std::string name = fmt::format("vision_model.encoder.layers.{}.", i);
        SelfAttention attention;
        attention.joint = Linear::load(source, name + "self_attn.qkv", c.width, 3 * c.width);
        attention.output = Linear::load(source, name + "self_attn.projection", c.width, c.width);
        attention.heads = { .site = { AttentionKind::Encoder, i, Tower::Vision }, .heads = int(c.heads) };
        encoder.layers.push_back({ Norm::layer(source, name + "layer_norm1", c.width, c.epsilon),
            Norm::layer(source, name + "layer_norm2", c.width, c.epsilon), attention,
            FeedForward { Linear::load(source, name + "mlp.fc1", c.width, c.inner), Linear::load(source, name + "mlp.fc2", c.inner, c.width), c.activation } });
    }
    encoder.last = Norm::layer(source, "vision_model.post_layernorm", c.width, c.epsilon);
    return encoder;
}

/// BERT's layer with a look at the picture between its parts.
struct TextLayer {
    SelfAttention attention;
    CrossAttention cross;
    Norm attentionNorm, crossNorm, outputNorm;
    FeedForward feedForward;

    static TextLayer load(ParameterSource& source, const TextConfig& c, int index)
    {
        const std::string name = fmt::format("text_decoder.bert.encoder.layer.{}.", index);
        const auto norm = [&](const char* part) { return Norm::layer(source, name + part + ".LayerNorm", c.width, c.epsilon); };
        const auto part = [&](const char* where, std::int64_t in, std::int64_t out) { return Linear::load(source, name + where, in, out); };
        const std::int64_t width = c.width;
        return { { part("attention.self.query", width, width), part("attention.self.key", width, width),
                     part("attention.self.value", width, width), part("attention.output.dense", width, width),
                     { .site = { AttentionKind::Decoder, index, Tower::Text }, .heads = int(c.heads), .span = causalSpan() } },
            { part("crossattention.self.query", width, width), part("crossattention.self.key", c.statesWidth, width),
                part("crossattention.self.value", c.statesWidth, width), part("crossattention.output.dense", width, width),
                { .site = { AttentionKind::Cross, index, Tower::Text }, .heads = int(c.heads) } },
            norm("attention.output"), norm("crossattention.output"), norm("output"),
            { part("intermediate.dense", width, c.inner), part("output.dense", c.inner, width), c.activation } };
    }
};

class Blip final : public PairModel {
public:
    Blip(Config& config, ParameterSource& source)
    {
        Config vision = config.part("vision_config"), text = config.part("text_config");
        const PatchEncoderConfig picture = readPicture(vision);
        m_config = readText(text, picture.width);
        m_encoder = loadPicture(source, picture);
        m_encoder.describe(m_info, picture);
        describe(config,
            { .vocabulary = m_config.vocabulary, .decoderVocabulary = m_config.vocabulary, .width = m_config.width,
                .heads = m_config.heads, .headSize = m_config.width / m_config.heads, .encoderLayers = picture.layers,
                .decoderLayers = m_config.layers, .positions = m_config.positions, .decoderPositions = m_config.positions },
            "softmax; every patch sees every patch, a word what came before it and all patches");
        m_info.input = InputKind::ImageAndText;
        loadText(source);
    }
    std::int64_t tokens(const ModelInput& input) const override { return m_encoder.tokens(input); }
    std::vector<std::int64_t> impliedDecoderIds(const ModelInput& input) const override { return input.ids; }

private:
    void loadText(ParameterSource& source);
    Status checkSource(const ModelInput& input) const override
    {
        HEADLIGHT_TRY_STATUS(m_encoder.check(input));
        return input.ids.empty() ? Status() : PairModel::checkSource(input);
    }
    std::vector<std::uint8_t> decoderMask(const ModelInput& input) const override
    {
        const bool given = input.decoderIds.empty() || input.decoderIds == input.ids; // else more has been written
        return given ? input.attentionMask : std::vector<std::uint8_t>();
    }
    Encoded encode(std::span<const ModelInput> batch, Run& run) const override;
    Var decode(const DecoderPass& pass) const override;
    ModelOutputs outputs(std::span<const ModelInput> batch, const Var& hidden, const DecoderPass& pass) const override;
    Var step(const TextLayer& layer, const Var& x, const DecoderPass& pass) const;

    TextConfig m_config {};
    PatchEncoder m_encoder;
    Embedding m_embedding, m_positions;
    Norm m_embeddingNorm, m_transformNorm;
    Linear m_transform;
    std::vector<TextLayer> m_layers;
};

void Blip::loadText(ParameterSource& source)
{
    const TextConfig& c = m_config;
    const std::string embeddings = "text_decoder.bert.embeddings.", head = "text_decoder.cls.predictions.";
    m_embedding = Embedding::load(source, embeddings + "word_embeddings", c.vocabulary, c.width);
    m_positions = Embedding::load(source, embeddings + "position_embeddings", c.positions, c.width);
    m_embeddingNorm = Norm::layer(source, embeddings + "LayerNorm", c.width, c.epsilon);
    for (int i = 0; i < c.layers; ++i)
        m_layers.push_back(TextLayer::load(source, c, i));
    m_transform = Linear::load(source, head + "transform.dense", c.width, c.width);
    m_transformNorm = Norm::layer(source, head + "transform.LayerNorm", c.width, c.epsilon);
    const bool own = source.has(head + "decoder.weight");
    m_words = loadWordHead(source, head + "decoder", m_embedding, { c.vocabulary, c.width }, !own);
    m_words->bias = source.take(head + "bias", { c.vocabulary }, Initialisation::zeros());
}

PairModel::Encoded Blip::encode(std::span<const ModelInput> batch, Run& run) const
{
    using Rows = ModelOutput::Rows;
    const PatchEncoder::States states = m_encoder(batch, run);
    const Var last = m_encoder.normed(states, run);
    const std::span first(states.packing.begins.data(), std::size_t(states.packing.sequences()));
    // The norm stands over the pooled vector once more: so the reference has it.
    return { last, states.packing,
        { { "vision.last_hidden_state", { last, Rows::PerToken } },
            { "vision.pooler_output", { (*m_encoder.last)(gatherRows(last, first), run), Rows::PerSequence } } } };
}

Var Blip::step(const TextLayer& layer, const Var& x, const DecoderPass& pass) const
{
    Run& run = pass.run;
    const Packing& words = pass.rows.packing;
    const auto added = [&](const Var& state, const Var& part) { return run.addResidual(state, run.dropout(part, m_config.dropout)); };
    const Var attended = layer.attentionNorm(added(x, layer.attention(x, words, run)), run);
    const Var looked = layer.crossNorm(
        added(attended, layer.cross(attended, words, pass.encoder.states, pass.encoder.packing, run)), run);
    return layer.outputNorm(added(looked, layer.feedForward(looked, run)), run);
}

Var Blip::decode(const DecoderPass& pass) const
{
    Run& run = pass.run;
    const auto before = int(m_encoder.layers.size()), layers = int(m_layers.size());
    const Var words = m_embeddingNorm(add(m_embedding(pass.rows.ids, run), m_positions(pass.rows.positions, run)), run);
    return runStack(run.dropout(words, m_config.dropout),
        { { AttentionKind::Decoder, 0, Tower::Text }, layers, before, before + layers,
            [&](int i, const Var& x) { return step(m_layers[std::size_t(i)], x, pass); } },
        run);
}

ModelOutputs Blip::outputs(std::span<const ModelInput>, const Var& hidden, const DecoderPass& pass) const
{
    Run& run = pass.run;
    const Var transformed = m_transformNorm(activate(m_config.activation, m_transform(wantedRows(hidden, run), run)), run);
    return { { "logits", { wordLogits(transformed, run), ModelOutput::Rows::PerToken } } };
}

constexpr std::array<std::string_view, 1> architectures { "BlipForConditionalGeneration" };

} // namespace

const ModelFamily blipFamily { "blip", "BLIP", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Blip>(config, source); }, "" };

} // namespace headlight
