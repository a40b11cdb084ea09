// wav2vec 2.0: convolutions turn a waveform into a row of moments, a wide grouped convolution tells them where they
// are, and an encoder reads them. Source: Baevski et al. 2020.

#include "core/autodiff/convolution.h"
#include "core/models/families.h"
#include "core/nn/attention.h"
#include "core/nn/layer_stack.h"
#include "core/nn/sound_convolution.h"

#include <numeric>

namespace headlight {
namespace {

constexpr float frontEpsilon = 1e-5f;
/// Numbers behind the first convolution, the most a pass holds at once: 1 GiB, nearly three minutes at 16 kHz.
constexpr std::int64_t largestFront = 1 << 28;

struct Wav2Vec2Config {
    std::int64_t width, layers, heads, inner, vocabulary, positionKernel, positionGroups;
    std::vector<std::int64_t> dimensions, kernels, strides;
    float epsilon;
    Activation activation, frontActivation;
    bool groupNorm; ///< only behind the first convolution; else layer norms behind each
    bool stable; ///< norms before the parts of a layer, not behind them
    Linear::Bias frontBias;

    /// Samples under one token's convolutions.
    std::int64_t samplesHeard() const
    {
        std::int64_t heard = 1;
        for (std::size_t i = kernels.size(); i-- > 0;)
            heard = (heard - 1) * strides[i] + kernels[i];
        return heard;
    }
    std::int64_t samplesPerToken() const
    {
        return std::accumulate(strides.begin(), strides.end(), std::int64_t(1), std::multiplies<>());
    }
    /// Longer sounds would not fit into memory.
    std::int64_t mostSamples() const { return largestFront / dimensions.front() * strides.front(); }
    std::int64_t tokens(std::int64_t samples) const
    {
        for (std::size_t i = 0; i < kernels.size(); ++i)
            samples = convolvedRows(samples, kernels[i], { .stride = strides[i] });
        return samples;
    }
};

void readFront(Config& config, Wav2Vec2Config& c)
{
    const auto list = [&config](const char* key, std::vector<std::int64_t> usual) {
        return config.has(key) ? config.numbers(key) : std::move(usual);
    };
    c.dimensions = list("conv_dim", std::vector<std::int64_t>(7, 512));
    c.kernels = list("conv_kernel", { 10, 3, 3, 3, 3, 2, 2 });
    c.strides = list("conv_stride", { 5, 2, 2, 2, 2, 2, 2 });
    c.frontBias = config.flag("conv_bias", false) ? Linear::Bias::Yes : Linear::Bias::No;
    c.frontActivation = config.activation("feat_extract_activation", "gelu");
    const std::string norm = config.text("feat_extract_norm", "group");
    c.groupNorm = norm == "group";
    if (norm != "group" && norm != "layer")
        config.problem(fmt::format("feat_extract_norm \"{}\" is not known; known are \"group\" and \"layer\".", norm));
    const auto bad = [](std::int64_t n) { return n < 1 || n > 1 << 16; };
    const bool same = c.kernels.size() == c.dimensions.size() && c.strides.size() == c.dimensions.size();
    if (!same || c.dimensions.empty() || std::ranges::any_of(c.dimensions, bad) || std::ranges::any_of(c.kernels, bad)
        || std::ranges::any_of(c.strides, bad)) {
        config.problem("conv_dim, conv_kernel and conv_stride do not describe the same convolutions.");
        c.dimensions = c.kernels = c.strides = { 1 };
    }
}

Wav2Vec2Config readConfig(Config& config)
{
    Wav2Vec2Config c {};
    c.width = config.size("hidden_size", 768);
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 12, 4096);
    c.inner = config.size("intermediate_size", 3072);
    c.vocabulary = config.size("vocab_size", 32);
    c.positionKernel = config.size("num_conv_pos_embeddings", 128, 1 << 14);
    c.positionGroups = config.size("num_conv_pos_embedding_groups", 16, 1 << 14);
    c.epsilon = config.real("layer_norm_eps", 1e-5f);
    c.activation = config.activation("hidden_act", "gelu");
    c.stable = config.flag("do_stable_layer_norm", false);
    readFront(config, c);
    if (c.width % c.heads != 0 || c.width % c.positionGroups != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads and {} groups.", c.width, c.heads, c.positionGroups));
    if (config.flag("add_adapter", false) || config.has("adapter_attn_dim"))
        config.problem("Adapters (add_adapter, adapter_attn_dim) are not supported.");
    return c;
}

/// One convolution of the front with its norm and activation.
SoundConvolution loadFront(ParameterSource& source, const Wav2Vec2Config& c, std::size_t index)
{
    const std::string name = fmt::format("wav2vec2.feature_extractor.conv_layers.{}.", index);
    const std::int64_t in = index == 0 ? 1 : c.dimensions[index - 1], out = c.dimensions[index];
    SoundConvolution layer = SoundConvolution::load(
        source, name + "conv", { in, out, c.kernels[index], c.strides[index] }, c.frontBias, c.frontActivation);
    layer.normGroups = c.groupNorm ? out : 0; // over time, for each channel
    if (!c.groupNorm || index == 0)
        layer.norm = Norm::layer(source, name + "layer_norm", out, frontEpsilon);
    return layer;
}

struct Layer {
    SelfAttention attention;
    Norm attentionNorm, feedNorm;
    FeedForward feedForward;
    bool stable;

    static Layer load(ParameterSource& source, const Wav2Vec2Config& c, int index)
    {
        const std::string name = fmt::format("wav2vec2.encoder.layers.{}.", index), self = name + "attention.";
        const auto square = [&](const char* part) { return Linear::load(source, self + part, c.width, c.width); };
        return { { square("q_proj"), square("k_proj"), square("v_proj"), square("out_proj"),
                     { .site = { AttentionKind::Encoder, index }, .heads = int(c.heads) } },
            Norm::layer(source, name + "layer_norm", c.width, c.epsilon),
            Norm::layer(source, name + "final_layer_norm", c.width, c.epsilon),
            { Linear::load(source, name + "feed_forward.intermediate_dense", c.width, c.inner),
                Linear::load(source, name + "feed_forward.output_dense", c.inner, c.width), c.activation },
            c.stable };
    }

    Var operator()(const Var& x, const Packing& packing, Run& run) const
    {
        if (stable) {
            const Var attended = run.addResidual(x, attention(attentionNorm(x, run), packing, run));
            return add(attended, feedForward(feedNorm(attended, run), run));
        }
        const Var attended = attentionNorm(run.addResidual(x, attention(x, packing, run)), run);
        return feedNorm(add(attended, feedForward(attended, run)), run);
    }
};

class Wav2Vec2 final : public Model {
public:
    Wav2Vec2(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        describe(config);
        const Wav2Vec2Config& c = m_config;
        if (!config.status().ok())
            return; // the sizes below make no sense
        for (std::size_t i = 0; i < c.dimensions.size(); ++i)
            m_front.push_back(loadFront(source, c, i));
        m_projectionNorm = Norm::layer(source, "wav2vec2.feature_projection.layer_norm", c.dimensions.back(), c.epsilon);
        m_projection = Linear::load(source, "wav2vec2.feature_projection.projection", c.dimensions.back(), c.width);
        m_positions = PositionConvolution::load(source, "wav2vec2.encoder.pos_conv_embed.conv",
            { c.width, c.positionKernel, c.positionGroups }, c.frontActivation);
        m_norm = Norm::layer(source, "wav2vec2.encoder.layer_norm", c.width, c.epsilon);
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(Layer::load(source, c, i));
        // Stands in for moments that are hidden in pre-training; a pass with nothing hidden has no use for it.
        if (source.has("wav2vec2.masked_spec_embed"))
            source.take("wav2vec2.masked_spec_embed", { c.width }, Initialisation::normal(0.02f));
        if (m_info.task == Task::Transcription)
            m_letters = Linear::load(source, "lm_head", c.width, c.vocabulary);
    }

    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const override { return m_config.tokens(input.samples.count()); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;

private:
    void describe(Config& config);
    /// 1 for each token whose samples are real; empty: all.
    std::vector<std::uint8_t> tokenMask(const ModelInput& input) const;
    /// Shapes: samples [n] → the front's moments [T,C], normed.
    Var features(const ModelInput& input, Run& run) const;
    Var encode(Var x, const Packing& packing, Run& run) const;

    Wav2Vec2Config m_config;
    std::vector<SoundConvolution> m_front;
    Norm m_projectionNorm, m_norm;
    Linear m_projection;
    PositionConvolution m_positions;
    std::vector<Layer> m_layers;
    std::optional<Linear> m_letters;
};

void Wav2Vec2::describe(Config& config)
{
    const Wav2Vec2Config& c = m_config;
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? "Wav2Vec2Model" : architecture;
    m_info.task = architecture == "Wav2Vec2ForCTC" ? Task::Transcription : Task::Features;
    m_info.input = InputKind::Sound;
    m_info.layers = int(c.layers);
    m_info.heads = int(c.heads);
    m_info.width = int(c.width);
    m_info.headSize = int(c.width / c.heads);
    m_info.vocabulary = m_info.task == Task::Transcription ? c.vocabulary : 0;
    m_info.soundStep = c.samplesPerToken();
    m_info.soundWidth = c.samplesHeard();
    m_info.blank = config.number("pad_token_id", 0);
    m_info.attention = "softmax, every moment sees every moment";
}

Status Wav2Vec2::check(const ModelInput& input) const
{
    if (input.samples.empty() || input.samples.shape().rank() != 1)
        return Error { ErrorKind::BadInput, "This model takes a sound, as a waveform (input_values)." };
    if (tokens(input) < 1)
        return Error { ErrorKind::BadInput,
            fmt::format("The sound is {} samples long, too short: this model needs {} at least.", input.samples.count(),
                m_config.samplesHeard()) };
    if (input.samples.count() > m_config.mostSamples())
        return Error { ErrorKind::TooLong,
            fmt::format("The sound is {} samples long, this model hears at most {} at once ({:.0f} s at 16 kHz): cut it first.",
                input.samples.count(), m_config.mostSamples(), double(m_config.mostSamples()) / 16000) };
    if (!input.attentionMask.empty() && std::int64_t(input.attentionMask.size()) != input.samples.count())
        return Error { ErrorKind::BadInput,
            fmt::format("The sound has {} samples, but its mask is for {}.", input.samples.count(), input.attentionMask.size()) };
    return {};
}

std::vector<std::uint8_t> Wav2Vec2::tokenMask(const ModelInput& input) const
{
    if (input.attentionMask.empty())
        return {};
    const std::int64_t real = std::ranges::count_if(input.attentionMask, [](std::uint8_t m) { return m != 0; });
    std::vector<std::uint8_t> mask(std::size_t(tokens(input)), 0);
    std::fill_n(mask.begin(), std::max<std::int64_t>(1, m_config.tokens(real)), 1);
    return mask;
}

Var Wav2Vec2::features(const ModelInput& input, Run& run) const
{
    Var x(input.samples.toFloat().reshaped({ input.samples.count(), 1 }));
    for (const SoundConvolution& layer : m_front) {
        run.control().report(0.0, "listening");
        x = layer(x, run);
    }
    return m_projectionNorm(x, run);
}

Var Wav2Vec2::encode(Var x, const Packing& packing, Run& run) const
{
    if (!m_config.stable)
        x = m_norm(x, run);
    const int layers = int(m_layers.size());
    LayerStack stack { { AttentionKind::Encoder, 0 }, layers, 0, layers,
        [&](int i, const Var& state) { return m_layers[std::size_t(i)](state, packing, run); } };
    if (m_config.stable)
        stack.finish = [&](const Var& state) { return m_norm(state, run); };
    return runStack(std::move(x), stack, run);
}

ModelOutputs Wav2Vec2::forward(std::span<const ModelInput> batch, Run& run) const
{
    using Rows = ModelOutput::Rows;
    Packing packing;
    std::vector<Var> heard, moments;
    for (const ModelInput& input : batch) {
        packing.add(tokens(input), tokenMask(input));
        heard.push_back(features(input, run));
        const Var x = silencePadding(m_projection(heard.back(), run), packing.keyMasks.back());
        moments.push_back(add(x, m_positions(x, run)));
    }
    const Var hidden = encode(concatenateRows(moments), packing, run);
    if (m_letters)
        return { { "logits", { (*m_letters)(hidden, run), Rows::PerToken } } };
    return { { "last_hidden_state", { hidden, Rows::PerToken } },
        { "extract_features", { concatenateRows(heard), Rows::PerToken } } };
}

constexpr std::array<std::string_view, 2> architectures { "Wav2Vec2ForCTC", "Wav2Vec2Model" };

} // namespace

const ModelFamily wav2vec2Family { "wav2vec2", "wav2vec 2.0", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Wav2Vec2>(config, source); },
    "wav2vec2." };

} // namespace headlight
