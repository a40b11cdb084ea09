// Whisper: a spectrogram through two convolutions into an encoder, and a decoder that writes what was said. Norms stand
// before each part; keys have no bias; the encoder's sinusoids are in the file. Source: Radford et al. 2022.

#include "core/autodiff/convolution.h"
#include "core/models/families.h"
#include "core/models/pair_model.h"
#include "core/models/pair_stacks.h"

namespace headlight {
namespace {

/// The second convolution halves the frames; through both a token hears five of them.
constexpr std::int64_t framesPerToken = 2, framesHeard = 5, kernel = 3;

struct WhisperConfig {
    std::int64_t width, mels, vocabulary;
    PairStackShape encoder, decoder;
};

PairStackShape readStack(Config& config, const std::string& name, std::int64_t width)
{
    PairStackShape stack;
    stack.layers = config.size((name + "_layers").c_str(), 4, 1000);
    stack.layer.width = width;
    stack.layer.heads = config.size((name + "_attention_heads").c_str(), 6, 4096);
    stack.layer.inner = config.size((name + "_ffn_dim").c_str(), 1536);
    stack.layer.activation = config.activation("activation_function", "gelu");
    stack.layer.norms = NormPlace::Before;
    stack.layer.keyBias = Linear::Bias::No;
    stack.layer.dropout = config.real("dropout", 0.0f);
    stack.positionOffset = 0;
    stack.finalNorm = true;
    if (width % stack.layer.heads != 0)
        config.problem(fmt::format("d_model {} cannot be shared by {} heads.", width, stack.layer.heads));
    return stack;
}

WhisperConfig readConfig(Config& config)
{
    WhisperConfig c {};
    c.width = config.size("d_model", 384);
    c.mels = config.size("num_mel_bins", 80, 1024);
    c.vocabulary = config.size("vocab_size", 51865);
    c.encoder = readStack(config, "encoder", c.width);
    c.decoder = readStack(config, "decoder", c.width);
    c.encoder.positions = config.size("max_source_positions", 1500);
    c.decoder.positions = config.size("max_target_positions", 448);
    c.decoder.embeddingScale = config.flag("scale_embedding", false) ? std::sqrt(float(c.width)) : 1.0f;
    return c;
}

/// A spectrogram to the encoder's first states.
struct SoundFront {
    std::array<Linear, 2> convolutions;
    Embedding positions;

    static SoundFront load(ParameterSource& source, const WhisperConfig& c)
    {
        SoundFront front;
        for (std::size_t i = 0; i < front.convolutions.size(); ++i) {
            const std::string name = fmt::format("model.encoder.conv{}", i + 1);
            const Shape shape { c.width, i == 0 ? c.mels : c.width, kernel };
            front.convolutions[i] = Linear::of(source.take(name + ".weight", shape, Initialisation::normal(0.02f)),
                source.take(name + ".bias", { c.width }, Initialisation::zeros()));
        }
        front.positions = Embedding::load(source, "model.encoder.embed_positions", c.encoder.positions, c.width);
        return front;
    }

    /// Shapes: features [mels,frames] → [frames/2,E].
    Var operator()(const Tensor& features, Run& run) const
    {
        const std::int64_t mels = features.shape()[0], frames = features.shape()[1];
        Var x(Tensor::make({ frames, mels }, [&](std::span<float> out) {
            for (std::int64_t frame = 0; frame < frames; ++frame)
                for (std::int64_t mel = 0; mel < mels; ++mel)
                    out[std::size_t(frame * mels + mel)] = features.at(mel * frames + frame);
        }));
        for (std::size_t i = 0; i < convolutions.size(); ++i) {
            const ConvolutionSteps steps { .stride = i == 0 ? 1 : framesPerToken, .padding = 1 };
            const Linear& part = convolutions[i];
            x = activate(Activation::Gelu, convolve(x, run.use(part.weight), run.use(part.bias), steps));
        }
        return add(x, run.useFloat(positions.table));
    }
};

class Whisper final : public PairModel {
public:
    Whisper(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        const WhisperConfig& c = m_config;
        describeFrom(config);
        m_front = SoundFront::load(source, c);
        for (int i = 0; i < c.encoder.layers; ++i)
            m_encoder.push_back(PairEncoderLayer::load(
                source, fmt::format("model.encoder.layers.{}.", i), c.encoder.layer, { AttentionKind::Encoder, i }));
        m_norm = Norm::layer(source, "model.encoder.layer_norm", c.width, c.encoder.layer.epsilon);
        const Embedding words = Embedding::load(source, "model.decoder.embed_tokens", c.vocabulary, c.width);
        m_decoder = PairDecoder::load(source, "model.decoder.", c.decoder, words);
        if (m_info.writes)
            m_words = loadWordHead(
                source, "proj_out", words, { c.vocabulary, c.width }, config.flag("tie_word_embeddings", true));
    }

    std::int64_t tokens(const ModelInput&) const override { return m_config.encoder.positions; }

private:
    void describeFrom(Config& config);
    Status checkSource(const ModelInput& input) const override;
    Encoded encode(std::span<const ModelInput> batch, Run& run) const override;
    Var decode(const DecoderPass& pass) const override
    {
        const int before = int(m_encoder.size());
        return m_decoder(pass.rows, { pass.encoder.states, pass.encoder.packing },
            { before, before + int(m_decoder.layers.size()) }, pass.run);
    }

    WhisperConfig m_config;
    SoundFront m_front;
    std::vector<PairEncoderLayer> m_encoder;
    Norm m_norm;
    PairDecoder m_decoder;
};

void Whisper::describeFrom(Config& config)
{
    const WhisperConfig& c = m_config;
    const std::int64_t heads = c.encoder.layer.heads;
    describe(config,
        { .vocabulary = c.vocabulary, .decoderVocabulary = c.vocabulary, .width = c.width, .heads = heads,
            .headSize = c.width / heads, .encoderLayers = c.encoder.layers, .decoderLayers = c.decoder.layers,
            .positions = 0, .decoderPositions = c.decoder.positions },
        "softmax; every moment sees every moment, a word sees all moments, itself and the words before");
    m_info.input = InputKind::Sound;
    m_info.soundStep = framesPerToken;
    m_info.soundWidth = framesHeard;
}

Status Whisper::checkSource(const ModelInput& input) const
{
    const Shape& shape = input.features.shape();
    if (input.features.empty() || shape.rank() != 2)
        return Error { ErrorKind::BadInput, "This model takes a sound, as a log-mel spectrogram (input_features)." };
    const std::int64_t frames = framesPerToken * m_config.encoder.positions;
    if (shape[0] != m_config.mels || shape[1] != frames)
        return Error { ErrorKind::BadInput,
            fmt::format("The spectrogram has {} bands and {} frames, this model takes {} bands and {} frames.", shape[0],
                shape[1], m_config.mels, frames) };
    return {};
}

PairModel::Encoded Whisper::encode(std::span<const ModelInput> batch, Run& run) const
{
    Packing packing;
    std::vector<Var> sounds;
    for (const ModelInput& input : batch) {
        sounds.push_back(m_front(input.features, run));
        packing.add(m_config.encoder.positions, {});
    }
    const int layers = int(m_encoder.size());
    const LayerStack stack { { AttentionKind::Encoder, 0 }, layers, 0, layers + int(m_decoder.layers.size()),
        [&](int i, const Var& x) { return m_encoder[std::size_t(i)](x, packing, run); },
        [&](const Var& x) { return m_norm(x, run); } };
    const Var states = runStack(concatenateRows(sounds), stack, run);
    return { states, std::move(packing) };
}

constexpr std::array<std::string_view, 2> architectures { "WhisperForConditionalGeneration", "WhisperModel" };

} // namespace

const ModelFamily whisperFamily { "whisper", "Whisper", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Whisper>(config, source); },
    "model." };

} // namespace headlight
