#include "core/models/patch_encoder.h"

namespace headlight {

PatchEncoderConfig PatchEncoderConfig::read(Config& config, std::int64_t defaultPatch)
{
    PatchEncoderConfig c {};
    c.width = config.size("hidden_size", 768);
    c.layers = config.size("num_hidden_layers", 12, 1000);
    c.heads = config.size("num_attention_heads", 12, 4096);
    c.inner = config.size("intermediate_size", 3072);
    std::tie(c.image.rows, c.image.columns) = config.sizePair("image_size", 224, 1 << 14);
    std::tie(c.patch.rows, c.patch.columns) = config.sizePair("patch_size", defaultPatch, 1 << 12);
    c.channels = config.size("num_channels", 3, 64);
    c.epsilon = config.real("layer_norm_eps", 1e-12f);
    c.dropout = config.real("hidden_dropout_prob", 0.0f);
    c.bias = c.keyBias = config.flag("qkv_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
    c.activation = config.activation("hidden_act", "gelu");
    if (c.width % c.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", c.width, c.heads));
    if (c.grid().count() == 0)
        config.problem(fmt::format("image_size {} × {} is smaller than a patch of {} × {}.", c.image.columns, c.image.rows,
            c.patch.columns, c.patch.rows));
    return c;
}

SelfAttention loadVitAttention(
    ParameterSource& source, const PatchEncoderConfig& c, const std::string& name, AttentionSite site)
{
    const std::string self = name + "attention.attention.";
    const auto load = [&](const char* part, Linear::Bias bias) { return Linear::load(source, self + part, c.width, c.width, bias); };
    return { load("query", c.bias), load("key", c.keyBias), load("value", c.bias),
        Linear::load(source, name + "attention.output.dense", c.width, c.width), { .site = site, .heads = int(c.heads) } };
}

PreNormLayer loadVitLayer(
    ParameterSource& source, const PatchEncoderConfig& c, const std::string& name, AttentionSite site)
{
    return { Norm::layer(source, name + "layernorm_before", c.width, c.epsilon),
        Norm::layer(source, name + "layernorm_after", c.width, c.epsilon), loadVitAttention(source, c, name, site),
        FeedForward { Linear::load(source, name + "intermediate.dense", c.width, c.inner),
            Linear::load(source, name + "output.dense", c.inner, c.width), c.activation },
        {}, {}, c.dropout };
}

PatchEncoder PatchEncoder::load(ParameterSource& source, const PatchEncoderConfig& c, const std::string& prefix,
    std::span<const std::string_view> specials)
{
    PatchEncoder encoder;
    const auto start = Initialisation::normal(0.02f);
    for (const std::string_view name : specials)
        encoder.specials.leading.push_back(source.take(fmt::format("{}embeddings.{}", prefix, name), { 1, 1, c.width }, start));
    const auto leading = std::int64_t(specials.size());
    encoder.positions = ImagePositions {
        source.take(prefix + "embeddings.position_embeddings", { 1, leading + c.grid().count(), c.width }, start), c.grid(), leading
    };
    encoder.embedding = PatchEmbedding::load(
        source, prefix + "embeddings.patch_embeddings.projection", { c.width, c.channels, c.patch });
    for (int i = 0; i < c.layers; ++i)
        encoder.layers.push_back(
            loadVitLayer(source, c, fmt::format("{}encoder.layer.{}.", prefix, i), { AttentionKind::Encoder, i }));
    encoder.last = Norm::layer(source, prefix + "layernorm", c.width, c.epsilon);
    encoder.dropout = c.dropout;
    return encoder;
}

GridSize PatchEncoder::gridOf(const ModelInput& input) const
{
    if (input.patches.empty())
        return embedding.grid(input.pixelValues);
    return { input.patchGrids.front().rows, input.patchGrids.front().columns };
}

std::int64_t PatchEncoder::tokens(const ModelInput& input) const
{
    if (!input.patches.empty())
        return input.patches.shape().rows();
    return specials.leadingCount() + embedding.grid(input.pixelValues).count() + specials.trailingCount();
}

Status PatchEncoder::checkPatches(const ModelInput& input) const
{
    const std::int64_t numbers = embedding.channels * embedding.patch.count(), rows = input.patches.shape().rows();
    if (!flat)
        return Error { ErrorKind::BadInput, "This model takes whole pictures, and cuts them into patches itself." };
    if (input.patches.shape().columns() != numbers)
        return Error { ErrorKind::BadInput,
            fmt::format("A patch holds {} numbers, this model takes {}.", input.patches.shape().columns(), numbers) };
    const std::int64_t real = input.patchGrids.size() == 1 ? input.patchGrids.front().count() : 0;
    if (real < 1 || real > rows)
        return Error { ErrorKind::BadInput, fmt::format("A picture of {} patches does not fit their {} rows.", real, rows) };
    return {};
}

Status PatchEncoder::check(const ModelInput& input) const
{
    if (!input.patches.empty())
        return checkPatches(input);
    const Shape& shape = input.pixelValues.shape();
    if (input.pixelValues.empty() || shape.rank() != 3)
        return Error { ErrorKind::BadInput, "This model takes a picture." };
    if (shape[0] != embedding.channels)
        return Error { ErrorKind::BadInput,
            fmt::format("The picture has {} channels, this model takes {}.", shape[0], embedding.channels) };
    if (shape[1] < embedding.patch.rows || shape[2] < embedding.patch.columns)
        return Error { ErrorKind::BadInput,
            fmt::format("The picture is {} × {} pixels, smaller than one patch of {} × {}.", shape[2], shape[1],
                embedding.patch.columns, embedding.patch.rows) };
    return {};
}

void PatchEncoder::describe(ModelInfo& info, const PatchEncoderConfig& config) const
{
    info.input = InputKind::Image;
    info.layers = int(config.layers);
    info.heads = int(config.heads);
    info.width = int(config.width);
    info.headSize = int(config.width / config.heads);
    info.imageSize = config.image.columns;
    info.patchSize = config.patch.columns;
    info.patchHeight = config.patch.rows;
    info.channels = config.channels;
    info.leadingTokens = int(specials.leadingCount());
    info.registerTokens = int(specials.registerCount());
    info.trailingTokens = int(specials.trailingCount());
    info.attention = "softmax, every patch sees every patch";
}

Var PatchEncoder::positionsOf(
    const ImagePositions& table, std::span<const GridSize> grids, std::int64_t set, Run& run)
{
    std::vector<Var> parts;
    for (const GridSize& grid : grids)
        parts.push_back(table(grid, run, set));
    return concatenateRows(parts);
}

Var PatchEncoder::embed(std::span<const ModelInput> batch, States& states, Run& run) const
{
    std::vector<Tensor> pictures;
    for (const ModelInput& input : batch) {
        pictures.push_back(input.pixelValues);
        states.grids.push_back(embedding.grid(input.pixelValues));
        states.packing.add(tokens(input), {});
    }
    Var rows = specials.around(embedding(pictures, run), states.grids, run);
    if (positions)
        rows = add(rows, positionsOf(*positions, states.grids, 0, run));
    rows = run.dropout(rows, dropout);
    return first ? (*first)(rows, run) : rows;
}

/// The rows behind the patches of a smaller picture get the position of its first patch, and are not seen.
Var PatchEncoder::embedFlat(std::span<const ModelInput> batch, States& states, Run& run) const
{
    std::vector<Var> patches, places;
    for (const ModelInput& input : batch) {
        const GridSize grid = gridOf(input);
        patches.emplace_back(input.patches.empty() ? flat->cut(input.pixelValues) : input.patches.toFloat());
        const std::int64_t rows = patches.back().shape().rows();
        std::vector<std::int64_t> order;
        for (std::int64_t i = 0; i < rows; ++i)
            order.push_back(i < grid.count() ? i : 0);
        places.push_back(gatherRows((*positions)(grid, run), order));
        states.grids.push_back(grid);
        states.packing.add(rows, input.patchMask);
    }
    return add(flat->map(concatenateRows(patches), run), concatenateRows(places));
}

PatchEncoder::States PatchEncoder::operator()(std::span<const ModelInput> batch, Run& run) const
{
    States states;
    states.hidden = flat ? embedFlat(batch, states, run) : embed(batch, states, run);
    run.recordHidden(states.hidden, { AttentionKind::Encoder, 0, tower });
    if (bias)
        HEADLIGHT_CHECK(std::ranges::count(states.grids, states.grids.front()) == std::ptrdiff_t(batch.size()),
            "pictures of several sizes share one bias");
    const std::optional<RotaryAngles> angles = rotary ? std::optional(rotary(states.grids)) : std::nullopt;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        run.enterLayer(int(i), int(layers.size()));
        states.hidden = layers[i](states.hidden, states.packing, run, bias ? bias(i, states.grids.front(), run) : nullptr,
            angles ? &*angles : nullptr);
        if (middlePositions && i + 1 < layers.size())
            states.hidden = add(states.hidden, positionsOf(*middlePositions, states.grids, std::int64_t(i), run));
        run.recordHidden(states.hidden, { AttentionKind::Encoder, int(i) + 1, tower });
    }
    return states;
}

void PictureModel::describe(Config& config, std::string_view bare)
{
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? std::string(bare) : architecture;
    m_info.task = architecture.find("ForImageClassification") != std::string::npos ? Task::ImageClassification
        : architecture.find("ForObjectDetection") != std::string::npos             ? Task::ObjectDetection
                                                                                    : Task::Features;
    if (m_info.task != Task::Features)
        m_info.labels = config.labels();
}

Var PictureModel::tokenOf(const Var& states, const Packing& packing, std::int64_t offset)
{
    std::vector<std::int64_t> rows(packing.begins.begin(), packing.begins.end() - 1);
    for (std::int64_t& row : rows)
        row += offset;
    return gatherRows(states, rows);
}

Var PatchEncoder::meanOfPatches(const Var& rows, const States& states) const
{
    const std::int64_t leading = specials.leadingCount();
    std::vector<std::int64_t> places, begins { 0 };
    for (std::size_t s = 0; s < states.grids.size(); ++s) {
        for (std::int64_t i = 0; i < states.grids[s].count(); ++i)
            places.push_back(states.packing.begins[s] + leading + i);
        begins.push_back(std::int64_t(places.size()));
    }
    return meanRows(gatherRows(rows, places), begins);
}

} // namespace headlight
