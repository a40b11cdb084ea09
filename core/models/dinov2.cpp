// DINOv2: a ViT whose layers scale what they add; [CLS] and the mean of the patches stand for the picture. A later kind
// has registers, tokens that stand for nothing in the picture. Source: Oquab et al. 2023; registers: Darcet et al. 2024.

#include "core/models/families.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

constexpr std::string_view plain = "Dinov2", registered = "Dinov2WithRegisters";

std::function<Var(const Var&, Run&)> loadFeedForward(
    ParameterSource& source, Config& config, const PatchEncoderConfig& c, const std::string& name)
{
    if (!config.flag("use_swiglu_ffn", false))
        return FeedForward { Linear::load(source, name + "fc1", c.width, c.inner),
            Linear::load(source, name + "fc2", c.inner, c.width), c.activation };
    const std::int64_t inner = (c.inner * 2 / 3 + 7) / 8 * 8; // two thirds, in whole eights
    return JointGatedFeedForward { Linear::load(source, name + "weights_in", c.width, 2 * inner),
        Linear::load(source, name + "weights_out", inner, c.width) };
}

PreNormLayer loadLayer(ParameterSource& source, Config& config, const PatchEncoderConfig& c, const std::string& name, int index)
{
    const auto scales = [&](const char* part) { return source.take(name + part, { c.width }, Initialisation::ones()); };
    return { Norm::layer(source, name + "norm1", c.width, c.epsilon), Norm::layer(source, name + "norm2", c.width, c.epsilon),
        loadVitAttention(source, c, name, { AttentionKind::Encoder, index }),
        loadFeedForward(source, config, c, name + "mlp."), scales("layer_scale1.lambda1"), scales("layer_scale2.lambda1"),
        c.dropout };
}

PatchEncoder loadEncoder(ParameterSource& source, Config& config, const PatchEncoderConfig& c, const std::string& prefix)
{
    PatchEncoder encoder;
    const std::string embeddings = prefix + "embeddings.";
    const auto start = Initialisation::normal(0.02f);
    encoder.specials.leading = { source.take(embeddings + "cls_token", { 1, 1, c.width }, start) };
    encoder.positions = ImagePositions {
        source.take(embeddings + "position_embeddings", { 1, 1 + c.grid().count(), c.width }, start), c.grid(), 1
    };
    if (source.has(embeddings + "mask_token")) // of the training with hidden patches; not run
        source.take(embeddings + "mask_token", { 1, c.width }, Initialisation::zeros());
    encoder.embedding = PatchEmbedding::load(
        source, embeddings + "patch_embeddings.projection", { c.width, c.channels, c.patch });
    for (int i = 0; i < c.layers; ++i)
        encoder.layers.push_back(loadLayer(source, config, c, fmt::format("{}encoder.layer.{}.", prefix, i), i));
    encoder.last = Norm::layer(source, prefix + "layernorm", c.width, c.epsilon);
    encoder.dropout = c.dropout;
    return encoder;
}

class Dinov2 final : public PictureModel {
public:
    /// `name` stands in front of the architectures' names, `prefix` in front of the parameters'.
    Dinov2(Config& config, ParameterSource& source, std::string_view name, const std::string& prefix, std::int64_t registers)
    {
        PatchEncoderConfig c = PatchEncoderConfig::read(config);
        c.epsilon = config.real("layer_norm_eps", 1e-6f);
        c.inner = std::int64_t(double(c.width) * config.precise("mlp_ratio", 4.0));
        describe(config, fmt::format("{}Model", name));
        m_encoder = loadEncoder(source, config, c, prefix);
        if (name == registered)
            m_encoder.positions->interpolation = Interpolation::SmoothBicubic;
        if (registers > 0) {
            m_encoder.specials.registers = source.take(
                prefix + "embeddings.register_tokens", { 1, registers, c.width }, Initialisation::normal(0.02f));
            m_encoder.positions->withoutPosition = registers;
        }
        m_encoder.describe(m_info, c);
        if (m_info.task == Task::ImageClassification)
            m_classifier = Linear::load(source, "classifier", 2 * c.width, std::int64_t(m_info.labels.size()));
    }

private:
    ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const override
    {
        using Rows = ModelOutput::Rows;
        const Var normed = m_encoder.normed(states, run), first = tokenOf(normed, states.packing);
        ModelOutputs out;
        if (m_classifier) {
            const std::array<Var, 2> parts { first, m_encoder.meanOfPatches(normed, states) };
            out["logits"] = { (*m_classifier)(concatenateColumns(parts), run), Rows::PerSequence };
            return out;
        }
        out["last_hidden_state"] = { normed, Rows::PerToken };
        out["pooler_output"] = { first, Rows::PerSequence };
        return out;
    }

    std::optional<Linear> m_classifier;
};

constexpr std::array<std::string_view, 2> plainArchitectures { "Dinov2Model", "Dinov2ForImageClassification" };
constexpr std::array<std::string_view, 2> registeredArchitectures { "Dinov2WithRegistersModel",
    "Dinov2WithRegistersForImageClassification" };

} // namespace

const ModelFamily dinov2Family { "dinov2", "DINOv2", plainArchitectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Dinov2>(config, source, plain, "dinov2.", 0);
    },
    "dinov2." };

const ModelFamily dinov2WithRegistersFamily { "dinov2_with_registers", "DINOv2 with registers", registeredArchitectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Dinov2>(
            config, source, registered, "dinov2_with_registers.", config.number("num_register_tokens", 4));
    },
    "dinov2_with_registers." };

} // namespace headlight
