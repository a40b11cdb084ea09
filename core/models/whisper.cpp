// Whisper: a spectrogram through two convolutions into an encoder, and a decoder that writes what was said. Norms stand
// before each part; keys have no bias; the encoder's sinusoids are in the file. Source: Radford et al. 2022.

#include "core/autodiff/convolution.h"
#include "core/models/families.h"
#include "core/models/word_input.h"
#include "core/nn/attention.h"

namespace headlight {
namespace {

constexpr float normEpsilon = 1e-5f;
/// The second convolution halves the frames; through both a token hears five of them.
constexpr std::int64_t framesPerToken = 2, framesHeard = 5, kernel = 3;

struct StackConfig {
    std::int64_t layers, heads, inner, positions;
};
struct WhisperConfig {
    std::int64_t width, mels, vocabulary;
    StackConfig encoder, decoder;
    Activation activation;
    float embeddingScale;
};

StackConfig readStack(Config& config, const std::string& name, const char* positions, std::int64_t usual)
{
    return { config.size((name + "_layers").c_str(), 4, 1000), config.size((name + "_attention_heads").c_str(), 6, 4096),
        config.size((name + "_ffn_dim").c_str(), 1536), config.size(positions, usual) };
}

WhisperConfig readConfig(Config& config)
{
    WhisperConfig c {};
    c.width = config.size("d_model", 384);
    c.mels = config.size("num_mel_bins", 80, 1024);
    c.vocabulary = config.size("vocab_size", 51865);
    c.encoder = readStack(config, "encoder", "max_source_positions", 1500);
    c.decoder = readStack(config, "decoder", "max_target_positions", 448);
    c.activation = config.activation("activation_function", "gelu");
    c.embeddingScale = config.flag("scale_embedding", false) ? std::sqrt(float(c.width)) : 1.0f;
    for (const StackConfig& stack : { c.encoder, c.decoder })
        if (c.width % stack.heads != 0)
            config.problem(fmt::format("d_model {} cannot be shared by {} heads.", c.width, stack.heads));
    return c;
}

/// Query, key, value and output of an attention of either kind.
template <typename Attention>
Attention loadAttention(ParameterSource& source, const std::string& name, std::int64_t width, Heads heads)
{
    return { Linear::load(source, name + ".q_proj", width, width),
        Linear::load(source, name + ".k_proj", width, width, Linear::Bias::No),
        Linear::load(source, name + ".v_proj", width, width), Linear::load(source, name + ".out_proj", width, width),
        std::move(heads) };
}

/// x + attention(norm(x)), in decoders x + cross(norm(x)), x + feedForward(norm(x)).
struct Layer {
    Norm beforeSelf, beforeFeed;
    SelfAttention self;
    FeedForward feedForward;
    std::optional<Norm> beforeCross = {};
    std::optional<CrossAttention> cross = {};

    static Layer load(ParameterSource& source, const WhisperConfig& c, AttentionKind kind, int index)
    {
        const bool decoder = kind == AttentionKind::Decoder;
        const StackConfig& stack = decoder ? c.decoder : c.encoder;
        const std::string name = fmt::format("model.{}.layers.{}.", decoder ? "decoder" : "encoder", index);
        const auto norm = [&](const char* part) { return Norm::layer(source, name + part, c.width, normEpsilon); };
        Layer layer { norm("self_attn_layer_norm"), norm("final_layer_norm"),
            loadAttention<SelfAttention>(source, name + "self_attn", c.width,
                { .site = { kind, index }, .heads = int(stack.heads), .span = decoder ? causalSpan() : globalSpan() }),
            { Linear::load(source, name + "fc1", c.width, stack.inner), Linear::load(source, name + "fc2", stack.inner, c.width),
                c.activation } };
        if (decoder) {
            layer.beforeCross = norm("encoder_attn_layer_norm");
            layer.cross = loadAttention<CrossAttention>(source, name + "encoder_attn", c.width,
                { .site = { AttentionKind::Cross, index }, .heads = int(stack.heads) });
        }
        return layer;
    }
};

/// What the encoder made, packed.
struct Heard {
    Var states;
    Packing packing;
};

class Whisper final : public Model {
public:
    Whisper(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        describe(config);
        const WhisperConfig& c = m_config;
        loadEncoder(source);
        m_words = Embedding::load(source, "model.decoder.embed_tokens", c.vocabulary, c.width);
        m_wordPositions = Embedding::load(source, "model.decoder.embed_positions", c.decoder.positions, c.width);
        for (int i = 0; i < c.decoder.layers; ++i)
            m_decoder.push_back(Layer::load(source, c, AttentionKind::Decoder, i));
        m_decoderNorm = Norm::layer(source, "model.decoder.layer_norm", c.width, normEpsilon);
        if (!m_info.writes)
            return;
        // Some files hold the tied weight once more; it is the same.
        const bool tied = config.flag("tie_word_embeddings", true);
        const ParameterRef own = !tied || source.has("proj_out.weight")
            ? source.take("proj_out.weight", { c.vocabulary, c.width }, Initialisation::normal(0.02f))
            : nullptr;
        m_wordLogits = Linear::of(tied ? m_words.table : own);
    }

    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput&) const override { return m_config.encoder.positions; }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;

private:
    void describe(Config& config);
    void loadEncoder(ParameterSource& source);
    /// Shapes: features [mels,frames] → [frames/2,E].
    Var embed(const Tensor& features, Run& run) const;
    Heard listen(std::span<const ModelInput> batch, Run& run) const;
    Heard heard(std::span<const ModelInput> batch, Run& run) const;
    /// Shapes: → [ΣT,E].
    Var write(const WordRows& rows, const Heard& heard, Run& run) const;

    WhisperConfig m_config;
    std::array<Linear, 2> m_convolutions;
    Embedding m_soundPositions, m_words, m_wordPositions;
    std::vector<Layer> m_encoder, m_decoder;
    Norm m_encoderNorm, m_decoderNorm;
    std::optional<Linear> m_wordLogits;
};

void Whisper::describe(Config& config)
{
    const WhisperConfig& c = m_config;
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? "WhisperModel" : architecture;
    m_info.writes = architecture == "WhisperForConditionalGeneration";
    m_info.task = m_info.writes ? Task::SequenceToSequence : Task::Features;
    m_info.input = InputKind::Sound;
    m_info.pair = true;
    m_info.layers = int(std::max(c.encoder.layers, c.decoder.layers));
    m_info.heads = int(c.encoder.heads);
    m_info.width = int(c.width);
    m_info.headSize = int(c.width / c.encoder.heads);
    m_info.soundStep = framesPerToken;
    m_info.soundWidth = framesHeard;
    m_info.vocabulary = m_info.decoderVocabulary = c.vocabulary;
    m_info.decoderPositions = c.decoder.positions;
    m_info.attention = "softmax; every moment sees every moment, a word sees all moments, itself and the words before";
}

void Whisper::loadEncoder(ParameterSource& source)
{
    const WhisperConfig& c = m_config;
    for (std::size_t i = 0; i < m_convolutions.size(); ++i) {
        const std::string name = fmt::format("model.encoder.conv{}", i + 1);
        const Shape shape { c.width, i == 0 ? c.mels : c.width, kernel };
        m_convolutions[i] = Linear::of(source.take(name + ".weight", shape, Initialisation::normal(0.02f)),
            source.take(name + ".bias", { c.width }, Initialisation::zeros()));
    }
    m_soundPositions = Embedding::load(source, "model.encoder.embed_positions", c.encoder.positions, c.width);
    for (int i = 0; i < c.encoder.layers; ++i)
        m_encoder.push_back(Layer::load(source, c, AttentionKind::Encoder, i));
    m_encoderNorm = Norm::layer(source, "model.encoder.layer_norm", c.width, normEpsilon);
}

Status Whisper::check(const ModelInput& input) const
{
    const Shape& shape = input.features.shape();
    if (input.features.empty() || shape.rank() != 2)
        return Error { ErrorKind::BadInput, "This model takes a sound, as a log-mel spectrogram (input_features)." };
    const std::int64_t frames = framesPerToken * m_config.encoder.positions;
    if (shape[0] != m_config.mels || shape[1] != frames)
        return Error { ErrorKind::BadInput,
            fmt::format("The spectrogram has {} bands and {} frames, this model takes {} bands and {} frames.", shape[0], shape[1],
                m_config.mels, frames) };
    return checkDecoderWords(input, { m_config.vocabulary, m_config.decoder.positions, 0 });
}

Var Whisper::embed(const Tensor& features, Run& run) const
{
    const std::int64_t mels = features.shape()[0], frames = features.shape()[1];
    const Tensor moments = Tensor::make({ frames, mels }, [&](std::span<float> out) {
        for (std::int64_t frame = 0; frame < frames; ++frame)
            for (std::int64_t mel = 0; mel < mels; ++mel)
                out[std::size_t(frame * mels + mel)] = features.at(mel * frames + frame);
    });
    Var x(moments);
    for (std::size_t i = 0; i < m_convolutions.size(); ++i) {
        const ConvolutionSteps steps { .stride = i == 0 ? 1 : framesPerToken, .padding = 1 };
        const Linear& part = m_convolutions[i];
        x = activate(Activation::Gelu, convolve(x, run.use(part.weight), run.use(part.bias), steps));
    }
    return add(x, run.useFloat(m_soundPositions.table));
}

Heard Whisper::listen(std::span<const ModelInput> batch, Run& run) const
{
    Heard heard;
    std::vector<Var> parts;
    for (const ModelInput& input : batch) {
        parts.push_back(embed(input.features, run));
        heard.packing.add(m_config.encoder.positions, {});
    }
    Var x = concatenateRows(parts);
    run.recordHidden(x, { AttentionKind::Encoder, 0 });
    const int layers = int(m_encoder.size());
    for (int i = 0; i < layers; ++i) {
        run.enterLayer(i, layers + int(m_decoder.size()));
        const Layer& layer = m_encoder[std::size_t(i)];
        x = add(x, layer.self(layer.beforeSelf(x, run), heard.packing, run));
        x = add(x, layer.feedForward(layer.beforeFeed(x, run), run));
        if (i + 1 < layers)
            run.recordHidden(x, { AttentionKind::Encoder, i + 1 });
    }
    heard.states = m_encoderNorm(x, run);
    run.recordHidden(heard.states, { AttentionKind::Encoder, layers }); // the last state is after the norm
    return heard;
}

Heard Whisper::heard(std::span<const ModelInput> batch, Run& run) const
{
    if (run.cache == nullptr)
        return listen(batch, run);
    if (run.cache->encoderStates.empty()) {
        const Heard fresh = listen(batch, run);
        run.cache->encoderStates = fresh.states.value();
        run.cache->encoderBegins = fresh.packing.begins;
        run.cache->encoderMasks = fresh.packing.keyMasks;
        return fresh;
    }
    return { Var(run.cache->encoderStates), { run.cache->encoderBegins, run.cache->encoderMasks } };
}

Var Whisper::write(const WordRows& rows, const Heard& heard, Run& run) const
{
    Var x = m_words(rows.ids, run);
    if (m_config.embeddingScale != 1.0f)
        x = scale(x, m_config.embeddingScale);
    x = add(x, m_wordPositions(rows.positions, run));
    run.recordHidden(x, { AttentionKind::Decoder, 0 });
    const int layers = int(m_decoder.size());
    for (int i = 0; i < layers; ++i) {
        run.enterLayer(int(m_encoder.size()) + i, int(m_encoder.size()) + layers);
        const Layer& layer = m_decoder[std::size_t(i)];
        x = add(x, layer.self(layer.beforeSelf(x, run), rows.packing, run));
        x = add(x, (*layer.cross)((*layer.beforeCross)(x, run), rows.packing, heard.states, heard.packing, run));
        x = add(x, layer.feedForward(layer.beforeFeed(x, run), run));
        if (i + 1 < layers)
            run.recordHidden(x, { AttentionKind::Decoder, i + 1 });
    }
    x = m_decoderNorm(x, run);
    run.recordHidden(x, { AttentionKind::Decoder, layers });
    return x;
}

ModelOutputs Whisper::forward(std::span<const ModelInput> batch, Run& run) const
{
    using Rows = ModelOutput::Rows;
    const Heard sound = heard(batch, run);
    const Var hidden = write(packDecoderWords(batch, run), sound, run);
    ModelOutputs out;
    if (m_wordLogits)
        out["logits"] = { (*m_wordLogits)(run.outputRows.empty() ? hidden : gatherRows(hidden, run.outputRows), run), Rows::PerToken };
    else
        out["last_hidden_state"] = { hidden, Rows::PerToken };
    out["encoder_last_hidden_state"] = { sound.states, Rows::PerToken };
    return out;
}

constexpr std::array<std::string_view, 2> architectures { "WhisperForConditionalGeneration", "WhisperModel" };

} // namespace

const ModelFamily whisperFamily { "whisper", "Whisper", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Whisper>(config, source); },
    "model." };

} // namespace headlight
