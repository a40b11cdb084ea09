// DINOv3: a ViT with registers whose patches turn by their place in the picture; [CLS] stands for the
// picture. Source: Siméoni et al. 2025.

#include "core/models/families.h"
#include "core/models/patch_encoder.h"

#include <numbers>

namespace headlight {
namespace {

struct Biases {
    Linear::Bias query, key, value, output, forward;
    bool gated;
};

Biases readBiases(Config& config)
{
    const auto biasOf = [&](const char* name, bool usual) {
        return config.flag(name, usual) ? Linear::Bias::Yes : Linear::Bias::No;
    };
    return { biasOf("query_bias", true), biasOf("key_bias", false), biasOf("value_bias", true),
        biasOf("proj_bias", true), biasOf("mlp_bias", true), config.flag("use_gated_mlp", false) };
}

std::function<Var(const Var&, Run&)> loadForward(
    ParameterSource& source, const PatchEncoderConfig& c, const Biases& biases, const std::string& name)
{
    const auto linear = [&](const char* part, std::int64_t in, std::int64_t out) {
        return Linear::load(source, name + part, in, out, biases.forward);
    };
    const Linear up = linear("up_proj", c.width, c.inner), down = linear("down_proj", c.inner, c.width);
    if (biases.gated)
        return GatedFeedForward{ linear("gate_proj", c.width, c.inner), up, down, c.activation };
    return FeedForward{ up, down, c.activation };
}

PreNormLayer loadLayer(ParameterSource& source, const PatchEncoderConfig& c, const Biases& biases, int index)
{
    const std::string name = fmt::format("layer.{}.", index);
    const auto linear = [&](const char* part, Linear::Bias bias) {
        return Linear::load(source, name + "attention." + part, c.width, c.width, bias);
    };
    const auto scales = [&](const char* part) {
        return source.take(name + part, { c.width }, Initialisation::ones());
    };
    return { Norm::layer(source, name + "norm1", c.width, c.epsilon),
        Norm::layer(source, name + "norm2", c.width, c.epsilon),
        { linear("q_proj", biases.query), linear("k_proj", biases.key), linear("v_proj", biases.value),
            linear("o_proj", biases.output),
            { .site = { AttentionKind::Encoder, index }, .heads = int(c.heads) } },
        loadForward(source, c, biases, name + "mlp."), scales("layer_scale1.lambda1"),
        scales("layer_scale2.lambda1") };
}

/// Centres of patches from −1 to 1 in both directions; the first half of the pairs turns by the row, the
/// other by the column.
struct PatchTurns {
    std::int64_t leading, pairs;
    float base;

    RotaryAngles operator()(std::span<const GridSize> grids) const
    {
        struct Place {
            float row, column;
        };
        std::vector<Place> places;
        for (const GridSize& grid : grids) {
            places.insert(places.end(), std::size_t(leading), Place{ 0.0f, 0.0f });
            for (std::int64_t i = 0; i < grid.count(); ++i)
                places.push_back(
                    { centre(i / grid.columns, grid.rows), centre(i % grid.columns, grid.columns) });
        }
        return turnedBy(std::int64_t(places.size()), pairs, [&](std::int64_t row, std::int64_t pair) {
            const std::int64_t half = pairs / 2;
            const Place& place = places[std::size_t(row)];
            const float frequency = 1.0f / std::pow(base, float(pair % half) * (2.0f / float(pairs)));
            return 2.0f * std::numbers::pi_v<float> * (pair < half ? place.row : place.column) * frequency;
        });
    }

private:
    static float centre(std::int64_t index, std::int64_t count)
    {
        return 2.0f * ((float(index) + 0.5f) / float(count)) - 1.0f;
    }
};

class Dinov3 final : public PictureModel {
public:
    Dinov3(Config& config, ParameterSource& source)
    {
        PatchEncoderConfig c = PatchEncoderConfig::read(config);
        c.epsilon = config.real("layer_norm_eps", 1e-5f);
        const std::int64_t registers = config.number("num_register_tokens", 0), headSize = c.width / c.heads;
        if (headSize % 4 != 0)
            config.problem(fmt::format("Heads of {} numbers cannot turn by rows and columns.", headSize));
        describe(config, "DINOv3ViTModel");
        const auto start = Initialisation::normal(0.02f);
        m_encoder.specials.leading = { source.take("embeddings.cls_token", { 1, 1, c.width }, start) };
        if (registers > 0)
            m_encoder.specials.registers =
                source.take("embeddings.register_tokens", { 1, registers, c.width }, start);
        if (source.has("embeddings.mask_token")) // of the training with hidden patches; not run
            source.take("embeddings.mask_token", { 1, 1, c.width }, Initialisation::zeros());
        m_encoder.embedding =
            PatchEmbedding::load(source, "embeddings.patch_embeddings", { c.width, c.channels, c.patch });
        const Biases biases = readBiases(config);
        for (int i = 0; i < c.layers; ++i)
            m_encoder.layers.push_back(loadLayer(source, c, biases, i));
        m_encoder.last = Norm::layer(source, "norm", c.width, c.epsilon);
        m_encoder.rotary = PatchTurns{ 1 + registers, headSize / 2, readBase(config) };
        m_encoder.describe(m_info, c);
    }

private:
    static float readBase(Config& config)
    {
        const float older = config.real("rope_theta", 100.0f);
        Config newer = config.part("rope_parameters");
        return newer.real("rope_theta", older);
    }
    ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const override
    {
        using Rows = ModelOutput::Rows;
        const Var normed = m_encoder.normed(states, run);
        return { { "last_hidden_state", { normed, Rows::PerToken } },
            { "pooler_output", { tokenOf(normed, states.packing), Rows::PerSequence } } };
    }
};

constexpr std::array<std::string_view, 1> architectures{ "DINOv3ViTModel" };

} // namespace

const ModelFamily dinov3VitFamily{ "dinov3_vit", "DINOv3", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Dinov3>(config, source);
    },
    "" };

} // namespace headlight
