// Moonshine: sound as it is through three convolutions into an encoder, and a decoder that writes what was
// said; positions turn in both, no padding to half a minute. Source: Jeffries et al. 2024.

#include "core/autodiff/convolution.h"
#include "core/models/families.h"
#include "core/models/moonshine_layer.h"
#include "core/models/pair_model.h"
#include "core/models/rope_settings.h"
#include "core/nn/sound_convolution.h"

namespace headlight {
namespace {

/// Through all three convolutions a token hears `samplesHeard` samples; the next one begins `samplesPerToken`
/// later.
constexpr std::array<std::int64_t, 3> kernels{ 127, 7, 3 }, strides{ 64, 3, 2 };
constexpr std::int64_t samplesPerToken = 64 * 3 * 2, samplesHeard = 127 + 64 * (6 + 3 * 2);

class Moonshine final : public PairModel {
public:
    Moonshine(Config& config, ParameterSource& source)
        : m_encoderConfig(MoonshineStack::read(config, "encoder", "gelu"))
        , m_decoderConfig(MoonshineStack::read(config, "decoder", "silu"))
    {
        describeFrom(config);
        const auto rope = [&](const MoonshineStack& c) {
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
        m_encoderNorm = loadMoonshineNorm(source, "model.encoder.layer_norm", m_info.width);
        m_embedding = Embedding::load(source, "model.decoder.embed_tokens", m_info.vocabulary, m_info.width);
        for (int i = 0; i < m_decoderConfig.layers; ++i)
            m_decoder.push_back(MoonshineLayer::load(source, fmt::format("model.decoder.layers.{}.", i),
                m_decoderConfig, { AttentionKind::Decoder, i }));
        m_decoderNorm = loadMoonshineNorm(source, "model.decoder.norm", m_info.width);
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

    MoonshineStack m_encoderConfig, m_decoderConfig;
    std::array<SoundConvolution, 3> m_front;
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
    for (std::size_t i = 0; i < kernels.size(); ++i)
        m_front[i] = SoundConvolution::load(source, fmt::format("model.encoder.conv{}", i + 1),
            { channels[i], channels[i + 1], kernels[i], strides[i] },
            i == 0 ? Linear::Bias::No : Linear::Bias::Yes, i == 0 ? Activation::Tanh : Activation::Gelu);
    m_front[0].norm = Norm::layer(source, "model.encoder.groupnorm", width, 1e-5f);
    m_front[0].normGroups = 1;
    m_front[0].normLast = true;
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
    for (const SoundConvolution& part : m_front)
        x = part(x, run);
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
    const auto step = [&](int i, const Var& x) { return m_encoder[std::size_t(i)](x, packing, angles, nullptr, run); };
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
    const MoonshineLayer::Seen sound{ pass.encoder.states, pass.encoder.packing };
    const auto step = [&](int i, const Var& x) { return m_decoder[std::size_t(i)](x, words, angles, &sound, run); };
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
