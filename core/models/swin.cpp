// Swin: patches attend inside windows that shift from block to block, and four patches become one from stage to stage.
// Source: Liu et al. 2021.

#include "core/models/families.h"
#include "core/nn/window_blocks.h"

namespace headlight {
namespace {

struct SwinConfig {
    std::int64_t embedding, window, channels;
    std::vector<std::int64_t> depths, heads;
    GridSize image, patch;
    float epsilon;
    double innerRatio;
    Activation activation;
    Linear::Bias bias;
    std::int64_t width(std::size_t stage) const { return embedding << stage; }
};

SwinConfig readConfig(Config& config)
{
    SwinConfig c {};
    c.embedding = config.size("embed_dim", 96);
    c.window = config.size("window_size", 7, 1 << 10);
    c.channels = config.size("num_channels", 3, 64);
    c.depths = config.has("depths") ? config.numbers("depths") : std::vector<std::int64_t> { 2, 2, 6, 2 };
    c.heads = config.has("num_heads") ? config.numbers("num_heads") : std::vector<std::int64_t> { 3, 6, 12, 24 };
    std::tie(c.image.rows, c.image.columns) = config.sizePair("image_size", 224, 1 << 14);
    std::tie(c.patch.rows, c.patch.columns) = config.sizePair("patch_size", 4, 1 << 12);
    c.epsilon = config.real("layer_norm_eps", 1e-5f);
    c.innerRatio = double(config.real("mlp_ratio", 4.0f));
    c.activation = config.activation("hidden_act", "gelu");
    c.bias = config.flag("qkv_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
    const auto sensible = [](std::int64_t n) { return n >= 1 && n <= 1 << 12; };
    if (c.depths.empty() || c.depths.size() > 16 || c.depths.size() != c.heads.size()
        || !std::ranges::all_of(c.depths, sensible) || !std::ranges::all_of(c.heads, sensible)) {
        config.problem("depths and num_heads do not describe the same stages.");
        c.depths = c.heads = { 1 };
    }
    for (std::size_t stage = 0; stage < c.heads.size(); ++stage)
        if (c.width(stage) % c.heads[stage] != 0)
            config.problem(fmt::format("A width of {} cannot be shared by {} heads.", c.width(stage), c.heads[stage]));
    return c;
}

struct Stage {
    std::vector<WindowBlock> blocks;
    std::optional<PatchMerging> merging; ///< all but the last
};

class Swin final : public Model {
public:
    Swin(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
    {
        describe(config);
        const std::string embeddings = "swin.embeddings.";
        const std::size_t stages = m_config.depths.size();
        const std::int64_t width = m_config.embedding, last = m_config.width(stages - 1);
        m_patches = PatchEmbedding::load(source, embeddings + "patch_embeddings.projection", { width, m_config.channels, m_config.patch });
        m_norm = Norm::layer(source, embeddings + "norm", width, 1e-5f);
        if (config.flag("use_absolute_embeddings", false)) {
            const GridSize grid { m_config.image.rows / m_config.patch.rows, m_config.image.columns / m_config.patch.columns };
            m_positions = ImagePositions {
                source.take(embeddings + "position_embeddings", { 1, grid.count(), width }, Initialisation::zeros()), grid
            };
        }
        for (std::size_t stage = 0; stage < stages; ++stage)
            m_stages.push_back(loadStage(source, stage));
        m_last = Norm::layer(source, "swin.layernorm", last, m_config.epsilon);
        if (m_info.task == Task::ImageClassification)
            m_classifier = Linear::load(source, "classifier", last, std::int64_t(m_info.labels.size()));
    }

    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const override { return grid(input.pixelValues.shape()).count(); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;

private:
    void describe(Config& config);
    Stage loadStage(ParameterSource& source, std::size_t stage);
    WindowBlock loadBlock(ParameterSource& source, std::size_t stage, std::int64_t index) const;
    GridSize grid(const Shape& picture) const;
    Var embed(const Tensor& picture, Run& run) const;
    Var runStages(const Tensor& picture, Run& run) const;
    static void recordState(const Var& x, GridSize grid, int number, Run& run);

    SwinConfig m_config;
    PatchEmbedding m_patches;
    std::optional<ImagePositions> m_positions;
    Norm m_norm, m_last;
    std::vector<Stage> m_stages;
    std::optional<Linear> m_classifier;
};

void Swin::describe(Config& config)
{
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? "SwinModel" : architecture;
    m_info.task = architecture == "SwinForImageClassification" ? Task::ImageClassification : Task::Features;
    m_info.input = InputKind::Image;
    for (const std::int64_t depth : m_config.depths)
        m_info.layers += int(depth);
    m_info.heads = int(*std::ranges::max_element(m_config.heads));
    m_info.width = int(m_config.width(m_config.depths.size() - 1));
    m_info.headSize = int(m_config.embedding / m_config.heads.front());
    m_info.imageSize = m_config.image.columns;
    m_info.patchSize = m_config.patch.columns;
    m_info.patchHeight = m_config.patch.rows;
    m_info.partialPatches = true;
    m_info.channels = m_config.channels;
    m_info.attention = fmt::format("softmax, a patch sees the {0} × {0} patches of its window", m_config.window);
    if (m_info.task == Task::ImageClassification)
        m_info.labels = config.labels();
}

WindowBlock Swin::loadBlock(ParameterSource& source, std::size_t stage, std::int64_t index) const
{
    const std::string name = fmt::format("swin.encoder.layers.{}.blocks.{}.", stage, index), self = name + "attention.self.";
    const std::int64_t width = m_config.width(stage), offsets = 2 * m_config.window - 1, heads = m_config.heads[stage];
    const std::int64_t inner = std::int64_t(m_config.innerRatio * double(width)), area = m_config.window * m_config.window;
    const auto projection = [&](const char* part) { return Linear::load(source, self + part, width, width, m_config.bias); };
    WindowBlock block { Norm::layer(source, name + "layernorm_before", width, m_config.epsilon),
        Norm::layer(source, name + "layernorm_after", width, m_config.epsilon), projection("query"), projection("key"),
        projection("value"), Linear::load(source, name + "attention.output.dense", width, width),
        { Linear::load(source, name + "intermediate.dense", width, inner), Linear::load(source, name + "output.dense", inner, width),
            m_config.activation },
        source.take(self + "relative_position_bias_table", { offsets * offsets, heads }, Initialisation::zeros()),
        { .site = {}, .heads = int(heads) }, m_config.window, std::int64_t(1) << stage, index % 2 == 1 };
    if (source.has(self + "relative_position_index")) // follows from the window; not read
        source.take(self + "relative_position_index", { area, area }, Initialisation::zeros());
    return block;
}

Stage Swin::loadStage(ParameterSource& source, std::size_t stage)
{
    Stage loaded;
    int number = 0; // of the block among all
    for (std::size_t before = 0; before < stage; ++before)
        number += int(m_config.depths[before]);
    for (std::int64_t i = 0; i < m_config.depths[stage]; ++i) {
        WindowBlock block = loadBlock(source, stage, i);
        block.heads.site = { AttentionKind::Encoder, number + int(i) };
        block.heads.title = fmt::format("stage {}, block {}", stage, i);
        block.heads.exportNames = { fmt::format("block_attentions.{}.{}", stage, i) };
        if (i + 1 == m_config.depths[stage]) // the reference lists the last block of each stage
            block.heads.exportNames.push_back(fmt::format("attentions.{}", stage));
        loaded.blocks.push_back(std::move(block));
    }
    if (stage + 1 == m_config.depths.size())
        return loaded;
    const std::string name = fmt::format("swin.encoder.layers.{}.downsample.", stage);
    const std::int64_t width = m_config.width(stage);
    loaded.merging = PatchMerging { Norm::layer(source, name + "norm", 4 * width, 1e-5f),
        Linear::load(source, name + "reduction", 4 * width, 2 * width, Linear::Bias::No) };
    return loaded;
}

GridSize Swin::grid(const Shape& picture) const
{
    const GridSize& patch = m_config.patch;
    return { (picture[1] + patch.rows - 1) / patch.rows, (picture[2] + patch.columns - 1) / patch.columns };
}

Status Swin::check(const ModelInput& input) const
{
    const Shape& shape = input.pixelValues.shape();
    if (input.pixelValues.empty() || shape.rank() != 3 || shape.count() == 0)
        return Error { ErrorKind::BadInput, "This model takes a picture." };
    if (shape[0] != m_config.channels)
        return Error { ErrorKind::BadInput,
            fmt::format("The picture has {} channels, this model takes {}.", shape[0], m_config.channels) };
    GridSize cells = grid(shape);
    for (std::size_t stage = 0; stage < m_stages.size(); ++stage) {
        if (std::min(cells.rows, cells.columns) < m_config.window)
            return Error { ErrorKind::BadInput,
                fmt::format("The picture is {} × {} pixels, which leaves {} × {} patches to stage {}: less than a window of {} × {}.",
                    shape[2], shape[1], cells.columns, cells.rows, stage, m_config.window, m_config.window) };
        cells = { (cells.rows + 1) / 2, (cells.columns + 1) / 2 };
    }
    return {};
}

Var Swin::embed(const Tensor& picture, Run& run) const
{
    const Tensor whole = paddedPicture(picture, m_config.patch);
    Var x = m_norm(m_patches({ &whole, 1 }, run), run);
    return m_positions ? add(x, (*m_positions)(grid(picture.shape()), run)) : x;
}

void Swin::recordState(const Var& x, GridSize grid, int number, Run& run)
{
    run.recordHidden(x, { AttentionKind::Encoder, number });
    if (run.trace == nullptr || !run.request.hiddenStates)
        return;
    const std::int64_t width = x.shape().columns();
    const std::span<const float> values = x.value().floats();
    run.trace->setOutput(fmt::format("reshaped_hidden_states.{}", number),
        Tensor::make({ 1, width, grid.rows, grid.columns }, [&](std::span<float> out) {
            for (std::int64_t k = 0; k < width; ++k)
                for (std::int64_t i = 0; i < grid.count(); ++i)
                    out[std::size_t(k * grid.count() + i)] = values[std::size_t(i * width + k)];
        }));
}

Var Swin::runStages(const Tensor& picture, Run& run) const
{
    GridSize cells = grid(picture.shape());
    Var x = embed(picture, run);
    recordState(x, cells, 0, run);
    for (std::size_t stage = 0; stage < m_stages.size(); ++stage) {
        for (const WindowBlock& block : m_stages[stage].blocks) {
            run.enterLayer(block.heads.site.layer, m_info.layers);
            x = block(x, cells, run);
        }
        if (m_stages[stage].merging) {
            x = (*m_stages[stage].merging)(x, cells, run);
            cells = { (cells.rows + 1) / 2, (cells.columns + 1) / 2 };
        }
        recordState(x, cells, int(stage) + 1, run);
    }
    return m_last(x, run);
}

ModelOutputs Swin::forward(std::span<const ModelInput> batch, Run& run) const
{
    using Rows = ModelOutput::Rows;
    std::vector<Var> states;
    std::vector<std::int64_t> begins { 0 };
    for (const ModelInput& input : batch) {
        states.push_back(runStages(input.pixelValues.toFloat(), run));
        begins.push_back(begins.back() + states.back().shape().rows());
    }
    const Var all = concatenateRows(states), pooled = meanRows(all, begins);
    ModelOutputs out;
    if (m_classifier) {
        out["logits"] = { (*m_classifier)(pooled, run), Rows::PerSequence };
        return out;
    }
    out["last_hidden_state"] = { all, Rows::PerToken };
    out["pooler_output"] = { pooled, Rows::PerSequence };
    return out;
}

constexpr std::array<std::string_view, 2> architectures { "SwinModel", "SwinForImageClassification" };

} // namespace

const ModelFamily swinFamily { "swin", "Swin", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Swin>(config, source); },
    "swin." };

} // namespace headlight
