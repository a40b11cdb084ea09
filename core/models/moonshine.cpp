// Moonshine: sound as it is through three convolutions into an encoder, and a decoder that writes what was
// said; positions turn in both, no padding to half a minute. Source: Jeffries et al. 2024.

#include "core/autodiff/convolution.h"
#include "core/models/families.h"
#include "core/models/pair_model.h"
#include "core/models/rope_settings.h"
#include "core/nn/attention.h"

namespace headlight {
namespace {

constexpr float epsilon = 1e-5f;
/// Through all three convolutions a token hears `samplesHeard` samples; the next one begins `samplesPerToken`
/// later.
constexpr std::array<std::int64_t, 3> kernels{ 127, 7, 3 }, strides{ 64, 3, 2 };
constexpr std::int64_t samplesPerToken = 64 * 3 * 2, samplesHeard = 127 + 64 * (6 + 3 * 2);

struct StackConfig {
    std::int64_t layers, heads, keyHeads, width, inner;
    Activation activation;
    Linear::Bias bias; ///< of the attention's projections
    std::int64_t headSize() const { return width / heads; }
};

StackConfig readStack(Config& config, const std::string& name, const char* activation)
{
    const auto key = [&](const char* what) { return name + what; };
    StackConfig c{};
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

Norm loadNorm(ParameterSource& source, const std::string& name, std::int64_t width)
{
    return Norm::layer(source, name, width, epsilon, Linear::Bias::No);
}

/// SelfAttention or CrossAttention: "<name>q_proj" ... "<name>o_proj".
template <typename Attention>
Attention loadAttention(
    ParameterSource& source, const std::string& name, const StackConfig& c, AttentionSite site)
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

/// Norm, attention, (norm, a look at the sound,) norm, feed-forward.
struct MoonshineLayer {
    Norm attentionNorm, crossNorm, forwardNorm;
    SelfAttention attention;
    std::optional<CrossAttention> cross; ///< of decoders
    std::function<Var(const Var&, Run&)> forward;

    static MoonshineLayer load(
        ParameterSource& source, const std::string& name, const StackConfig& c, AttentionSite site)
    {
        const bool decodes = site.kind == AttentionKind::Decoder;
        MoonshineLayer layer;
        layer.attentionNorm = loadNorm(source, name + "input_layernorm", c.width);
        layer.forwardNorm =
            loadNorm(source, name + (decodes ? "final_layernorm" : "post_attention_layernorm"), c.width);
        layer.attention = loadAttention<SelfAttention>(source, name + "self_attn.", c, site);
        const Linear in = Linear::load(source, name + "mlp.fc1", c.width, decodes ? 2 * c.inner : c.inner);
        const Linear out = Linear::load(source, name + "mlp.fc2", c.inner, c.width);
        if (!decodes) {
            layer.forward = FeedForward{ in, out, c.activation };
            return layer;
        }
        layer.forward = JointGatedFeedForward{ in, out, c.activation, false };
        layer.crossNorm = loadNorm(source, name + "post_attention_layernorm", c.width);
        layer.cross = loadAttention<CrossAttention>(
            source, name + "encoder_attn.", c, { AttentionKind::Cross, site.layer });
        return layer;
    }
};

class Moonshine final : public PairModel {
public:
    Moonshine(Config& config, ParameterSource& source)
        : m_encoderConfig(readStack(config, "encoder", "gelu"))
        , m_decoderConfig(readStack(config, "decoder", "silu"))
    {
        describeFrom(config);
        const auto rope = [&](const StackConfig& c) {
            return readRope(config,
                { .headSize = c.headSize(),
                    .positions = 512,
                    .share = 0.9f,
                    .pairs = RotaryPairs::Neighbours });
        };
        m_encoderRotary = rope(m_encoderConfig);
        m_decoderRotary = rope(m_decoderConfig);
        loadFront(source);
        for (int i = 0; i < m_encoderConfig.layers; ++i)
            m_encoder.push_back(MoonshineLayer::load(source, fmt::format("model.encoder.layers.{}.", i),
                m_encoderConfig, { AttentionKind::Encoder, i }));
        m_encoderNorm = loadNorm(source, "model.encoder.layer_norm", m_info.width);
        m_embedding = Embedding::load(source, "model.decoder.embed_tokens", m_info.vocabulary, m_info.width);
        for (int i = 0; i < m_decoderConfig.layers; ++i)
            m_decoder.push_back(MoonshineLayer::load(source, fmt::format("model.decoder.layers.{}.", i),
                m_decoderConfig, { AttentionKind::Decoder, i }));
        m_decoderNorm = loadNorm(source, "model.decoder.norm", m_info.width);
        if (m_info.writes)
            m_words = loadWordHead(source, "proj_out", m_embedding, { m_info.vocabulary, m_info.width },
                config.flag("tie_word_embeddings", true));
    }

    std::int64_t tokens(const ModelInput& input) const override
    {
        std::int64_t rows = input.samples.count();
        for (std::size_t i = 0; i < kernels.size(); ++i)
            rows = convolvedRows(rows, kernels[i], { .stride = strides[i] });
        return rows;
    }

private:
    void describeFrom(Config& config);
    void loadFront(ParameterSource& source);
    Status checkSource(const ModelInput& input) const override;
    Var hear(const Tensor& samples, Run& run) const;
    Encoded encode(std::span<const ModelInput> batch, Run& run) const override;
    Var decode(const DecoderPass& pass) const override;

    StackConfig m_encoderConfig, m_decoderConfig;
    std::array<Linear, 3> m_convolutions;
    ParameterRef m_groupWeight, m_groupBias;
    RotaryPositions m_encoderRotary, m_decoderRotary;
    std::vector<MoonshineLayer> m_encoder, m_decoder;
    Norm m_encoderNorm, m_decoderNorm;
    Embedding m_embedding;
};

void Moonshine::describeFrom(Config& config)
{
    const std::int64_t vocabulary = config.size("vocab_size", 32768);
    describe(config,
        { .vocabulary = vocabulary,
            .decoderVocabulary = vocabulary,
            .width = m_encoderConfig.width,
            .heads = m_encoderConfig.heads,
            .headSize = m_encoderConfig.headSize(),
            .encoderLayers = m_encoderConfig.layers,
            .decoderLayers = m_decoderConfig.layers,
            .positions = 0,
            .decoderPositions = config.size("max_position_embeddings", 512) },
        "softmax; every moment sees every moment, a word sees all moments, itself and the words before");
    m_info.input = InputKind::Sound;
    m_info.soundStep = samplesPerToken;
    m_info.soundWidth = samplesHeard;
}

void Moonshine::loadFront(ParameterSource& source)
{
    const std::int64_t width = m_info.width;
    const std::array<std::int64_t, 4> channels{ 1, width, 2 * width, width };
    for (std::size_t i = 0; i < kernels.size(); ++i) {
        const std::string name = fmt::format("model.encoder.conv{}", i + 1);
        m_convolutions[i] =
            Linear::of(source.take(name + ".weight", { channels[i + 1], channels[i], kernels[i] },
                           Initialisation::normal(0.02f)),
                i == 0 ? nullptr : source.take(name + ".bias", { channels[i + 1] }, Initialisation::zeros()));
    }
    m_groupWeight = source.take("model.encoder.groupnorm.weight", { width }, Initialisation::ones());
    m_groupBias = source.take("model.encoder.groupnorm.bias", { width }, Initialisation::zeros());
}

Status Moonshine::checkSource(const ModelInput& input) const
{
    if (input.samples.empty() || input.samples.shape().rank() != 1)
        return Error{ ErrorKind::BadInput, "This model takes a sound, as samples (input_values)." };
    if (tokens(input) < 1)
        return Error{ ErrorKind::BadInput,
            fmt::format("The sound is {} samples long; one token of this model hears {}.",
                input.samples.count(), samplesHeard) };
    return {};
}

/// Shapes: samples [n] → [tokens,E].
Var Moonshine::hear(const Tensor& samples, Run& run) const
{
    Var x(samples.toFloat().reshaped({ samples.count(), 1 }));
    for (std::size_t i = 0; i < m_convolutions.size(); ++i) {
        const Linear& part = m_convolutions[i];
        x = convolve(
            x, run.use(part.weight), part.bias ? run.use(part.bias) : Var(), { .stride = strides[i] });
        x = activate(i == 0 ? Activation::Tanh : Activation::Gelu, x);
        if (i == 0)
            x = groupNorm(x, run.use(m_groupWeight), run.use(m_groupBias), 1, epsilon);
    }
    return x;
}

PairModel::Encoded Moonshine::encode(std::span<const ModelInput> batch, Run& run) const
{
    Packing packing;
    std::vector<Var> sounds;
    for (const ModelInput& input : batch) {
        sounds.push_back(hear(input.samples, run));
        std::vector<std::uint8_t> mask;
        for (std::int64_t i = 0; !input.attentionMask.empty() && i < sounds.back().shape().rows(); ++i)
            mask.push_back(input.attentionMask[std::size_t(i * samplesPerToken)]);
        packing.add(sounds.back().shape().rows(), std::move(mask));
    }
    const RotaryAngles angles = m_encoderRotary.angles(packing.positions());
    const int layers = int(m_encoder.size());
    const auto step = [&](int i, const Var& x) {
        const MoonshineLayer& layer = m_encoder[std::size_t(i)];
        const Var attended =
            run.addResidual(x, layer.attention(layer.attentionNorm(x, run), packing, run, nullptr, &angles));
        return add(attended, layer.forward(layer.forwardNorm(attended, run), run));
    };
    const LayerStack stack{ { AttentionKind::Encoder, 0 }, layers, 0, layers + int(m_decoder.size()), step,
        [&](const Var& x) { return m_encoderNorm(x, run); } };
    const Var states = runStack(concatenateRows(sounds), stack, run);
    return { states, std::move(packing) };
}

Var Moonshine::decode(const DecoderPass& pass) const
{
    Run& run = pass.run;
    const Packing& words = pass.rows.packing;
    const RotaryAngles angles = m_decoderRotary.angles(pass.rows.positions);
    const int before = int(m_encoder.size()), layers = int(m_decoder.size());
    const auto step = [&](int i, const Var& x) {
        const MoonshineLayer& layer = m_decoder[std::size_t(i)];
        const Var attended =
            run.addResidual(x, layer.attention(layer.attentionNorm(x, run), words, run, nullptr, &angles));
        const Var looked = run.addResidual(attended,
            (*layer.cross)(
                layer.crossNorm(attended, run), words, pass.encoder.states, pass.encoder.packing, run));
        return add(looked, layer.forward(layer.forwardNorm(looked, run), run));
    };
    return runStack(m_embedding(pass.rows.ids, run),
        { { AttentionKind::Decoder, 0 }, layers, before, before + layers, step,
            [&](const Var& x) { return m_decoderNorm(x, run); } },
        run);
}

constexpr std::array<std::string_view, 2> architectures{ "MoonshineForConditionalGeneration",
    "MoonshineModel" };

} // namespace

const ModelFamily moonshineFamily{ "moonshine", "Moonshine", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Moonshine>(config, source);
    },
    "model." };

} // namespace headlight
