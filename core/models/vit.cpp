// ViT: an image as a row of patches behind a [CLS] token, norms before attention and feed-forward. Images of another
// size get interpolated positions. Source: Dosovitskiy et al. 2021.

#include "core/models/families.h"
#include "core/nn/attention.h"
#include "core/nn/positions.h"

namespace headlight {
namespace {

struct VitConfig {
    std::int64_t width, layers, heads, inner, image, patch, channels;
    float epsilon, dropout;
    Activation activation = Activation::Gelu;
    Linear::Bias bias = Linear::Bias::Yes;
    std::int64_t grid() const { return image / patch; }
};

VitConfig readConfig(Config& config)
{
    VitConfig c {};
    c.width = config.size("hidden_size", 768);
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 12, 4096);
    c.inner = config.size("intermediate_size", 3072);
    c.image = config.size("image_size", 224, 1 << 14);
    c.patch = config.size("patch_size", 16, 1 << 12);
    c.channels = config.size("num_channels", 3, 64);
    c.epsilon = config.real("layer_norm_eps", 1e-12f);
    c.dropout = config.real("hidden_dropout_prob", 0.0f);
    c.bias = config.flag("qkv_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
    const std::string activation = config.text("hidden_act", "gelu");
    if (const auto known = activationFromName(activation))
        c.activation = *known;
    else
        config.problem(fmt::format("The activation \"{}\" is not known.", activation));
    if (c.width % c.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", c.width, c.heads));
    if (c.image < c.patch)
        config.problem(fmt::format("image_size {} is smaller than a patch of {}.", c.image, c.patch));
    return c;
}

/// Pre-norm: x = x + attention(norm(x)); x = x + feedForward(norm(x)).
struct Layer {
    Norm before, after;
    SelfAttention attention;
    FeedForward feedForward;

    static Layer load(ParameterSource& source, const VitConfig& c, int index)
    {
        const std::string name = fmt::format("vit.encoder.layer.{}.", index), self = name + "attention.attention.";
        const std::int64_t width = c.width;
        return { Norm::layer(source, name + "layernorm_before", width, c.epsilon),
            Norm::layer(source, name + "layernorm_after", width, c.epsilon),
            { Linear::load(source, self + "query", width, width, c.bias),
                Linear::load(source, self + "key", width, width, c.bias),
                Linear::load(source, self + "value", width, width, c.bias),
                Linear::load(source, name + "attention.output.dense", width, width),
                { .site = { AttentionKind::Encoder, index }, .heads = int(c.heads) } },
            { Linear::load(source, name + "intermediate.dense", width, c.inner),
                Linear::load(source, name + "output.dense", c.inner, width), c.activation } };
    }

    Var operator()(const Var& x, const Packing& packing, float dropout, Run& run) const
    {
        const Var attended = add(x, run.dropout(attention(before(x, run), packing, run), dropout));
        return add(attended, run.dropout(feedForward(after(attended, run), run), dropout));
    }
};

/// Shapes: image [C,H,W] → [h·w, C·P·P], patches row by row; what does not fill a patch at the right and bottom is left out.
Tensor unfold(const Tensor& image, std::int64_t patch)
{
    const std::int64_t channels = image.shape()[0], height = image.shape()[1], width = image.shape()[2];
    const std::int64_t rows = height / patch, columns = width / patch;
    const std::span<const float> pixels = image.floats();
    return Tensor::make({ rows * columns, channels * patch * patch }, [&](std::span<float> out) {
        auto target = out.begin();
        for (std::int64_t i = 0; i < rows * columns; ++i)
            for (std::int64_t c = 0; c < channels; ++c)
                for (std::int64_t y = 0; y < patch; ++y) {
                    const std::int64_t line = (c * height + i / columns * patch + y) * width + i % columns * patch;
                    target = std::copy_n(pixels.begin() + line, patch, target);
                }
    });
}

class Vit final : public Model {
public:
    Vit(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        describe(config);
        const VitConfig& c = m_config;
        const auto start = Initialisation::normal(0.02f);
        m_cls = source.take("vit.embeddings.cls_token", { 1, 1, c.width }, start);
        m_positions = source.take("vit.embeddings.position_embeddings", { 1, c.grid() * c.grid() + 1, c.width }, start);
        const std::string projection = "vit.embeddings.patch_embeddings.projection";
        m_patchWeight = source.take(projection + ".weight", { c.width, c.channels, c.patch, c.patch }, start);
        m_patchBias = source.take(projection + ".bias", { c.width }, Initialisation::zeros());
        for (int i = 0; i < c.layers; ++i)
            m_layers.push_back(Layer::load(source, c, i));
        m_norm = Norm::layer(source, "vit.layernorm", c.width, c.epsilon);
        if (m_info.task == Task::ImageClassification)
            m_classifier = Linear::load(source, "classifier", c.width, std::int64_t(m_info.labels.size()));
        else if (source.has("vit.pooler.dense.weight"))
            m_pooler = Linear::load(source, "vit.pooler.dense", c.width, c.width);
    }

    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const override
    {
        const Shape& shape = input.pixelValues.shape();
        return 1 + (shape[1] / m_config.patch) * (shape[2] / m_config.patch);
    }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;

private:
    void describe(Config& config);
    Var embed(std::span<const ModelInput> batch, Packing& packing, Run& run) const;
    Var positions(std::span<const ModelInput> batch, Run& run) const;
    Var positionsFor(std::int64_t rows, std::int64_t columns, Run& run) const;
    ModelOutputs outputs(const Var& hidden, const Packing& packing, Run& run) const;

    VitConfig m_config;
    ParameterRef m_cls, m_positions, m_patchWeight, m_patchBias;
    std::vector<Layer> m_layers;
    Norm m_norm;
    std::optional<Linear> m_classifier, m_pooler;
};

void Vit::describe(Config& config)
{
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? "ViTModel" : architecture;
    m_info.task = architecture == "ViTForImageClassification" ? Task::ImageClassification : Task::Features;
    m_info.input = InputKind::Image;
    m_info.layers = int(m_config.layers);
    m_info.heads = int(m_config.heads);
    m_info.width = int(m_config.width);
    m_info.headSize = int(m_config.width / m_config.heads);
    m_info.imageSize = m_config.image;
    m_info.patchSize = m_config.patch;
    m_info.channels = m_config.channels;
    m_info.leadingTokens = 1;
    m_info.attention = "softmax, every patch sees every patch";
    if (m_info.task == Task::ImageClassification)
        m_info.labels = config.labels();
}

Status Vit::check(const ModelInput& input) const
{
    const Shape& shape = input.pixelValues.shape();
    if (input.pixelValues.empty() || shape.rank() != 3)
        return Error { ErrorKind::BadInput, "This model takes a picture." };
    if (shape[0] != m_config.channels)
        return Error { ErrorKind::BadInput,
            fmt::format("The picture has {} channels, this model takes {}.", shape[0], m_config.channels) };
    if (shape[1] < m_config.patch || shape[2] < m_config.patch)
        return Error { ErrorKind::BadInput,
            fmt::format("The picture is {} × {} pixels, smaller than one patch of {} × {}.", shape[2], shape[1],
                m_config.patch, m_config.patch) };
    return {};
}

Var Vit::positionsFor(std::int64_t rows, std::int64_t columns, Run& run) const
{
    const std::int64_t grid = m_config.grid(), width = m_config.width;
    const Var table = reshape(run.useFloat(m_positions), { grid * grid + 1, width });
    if (rows == grid && columns == grid)
        return table;
    HEADLIGHT_CHECK(!run.training(), "training on pictures of another size than the model's");
    const Tensor known = m_positions->value.toFloat().reshaped({ grid * grid + 1, width });
    const std::array<Var, 2> parts { Var(known.slice(0, 1)),
        Var(resamplePositions(known.slice(1, grid * grid + 1), rows, columns)) };
    return concatenateRows(parts);
}

Var Vit::positions(std::span<const ModelInput> batch, Run& run) const
{
    std::vector<Var> parts;
    for (const ModelInput& input : batch)
        parts.push_back(positionsFor(
            input.pixelValues.shape()[1] / m_config.patch, input.pixelValues.shape()[2] / m_config.patch, run));
    return concatenateRows(parts);
}

Var Vit::embed(std::span<const ModelInput> batch, Packing& packing, Run& run) const
{
    std::vector<Var> images { reshape(run.useFloat(m_cls), { 1, m_config.width }) }, pixels;
    std::vector<std::int64_t> order; // [CLS] is row 0, the patches of all images follow
    std::int64_t next = 1;
    for (const ModelInput& input : batch) {
        pixels.emplace_back(unfold(input.pixelValues.toFloat(), m_config.patch));
        packing.add(tokens(input), {});
        order.push_back(0);
        for (std::int64_t i = 1; i < tokens(input); ++i)
            order.push_back(next++);
    }
    const Var weight = reshape(
        run.use(m_patchWeight), { m_config.width, m_config.channels * m_config.patch * m_config.patch });
    images.push_back(linear(concatenateRows(pixels), weight, run.use(m_patchBias)));
    const Var rows = gatherRows(concatenateRows(images), order);
    return run.dropout(add(rows, positions(batch, run)), m_config.dropout);
}

ModelOutputs Vit::forward(std::span<const ModelInput> batch, Run& run) const
{
    Packing packing;
    Var hidden = embed(batch, packing, run);
    run.recordHidden(hidden);
    for (std::size_t i = 0; i < m_layers.size(); ++i) {
        run.enterLayer(int(i), int(m_layers.size()));
        hidden = m_layers[i](hidden, packing, m_config.dropout, run);
        run.recordHidden(hidden, { AttentionKind::Encoder, int(i) + 1 });
    }
    return outputs(hidden, packing, run);
}

ModelOutputs Vit::outputs(const Var& hidden, const Packing& packing, Run& run) const
{
    using Rows = ModelOutput::Rows;
    const Var normed = m_norm(hidden, run);
    const Var first = gatherRows(normed, { packing.begins.data(), std::size_t(packing.sequences()) });
    ModelOutputs out;
    if (m_classifier) {
        out["logits"] = { (*m_classifier)(first, run), Rows::PerSequence };
        return out;
    }
    out["last_hidden_state"] = { normed, Rows::PerToken };
    if (m_pooler)
        out["pooler_output"] = { activate(Activation::Tanh, (*m_pooler)(first, run)), Rows::PerSequence };
    return out;
}

constexpr std::array<std::string_view, 2> architectures { "ViTModel", "ViTForImageClassification" };

} // namespace

const ModelFamily vitFamily { "vit", "ViT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Vit>(config, source); },
    "vit." };

} // namespace headlight
