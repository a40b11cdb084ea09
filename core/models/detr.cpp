// DETR: a convolutional backbone sees the picture, an encoder relates the cells of its map, and learned queries look
// for an object each. Source: Carion et al. 2020.

#include "core/models/detection.h"
#include "core/models/families.h"
#include "core/models/resnet_backbone.h"
#include "core/nn/cell_positions.h"
#include "core/nn/placed_attention.h"

namespace headlight {
namespace {

struct DetrConfig {
    std::int64_t width, queries;
    struct Stack {
        std::int64_t layers, heads, inner;
    } encoder, decoder;
    Activation activation;
    bool learnedPositions;
};

DetrConfig readConfig(Config& config)
{
    const auto stack = [&](const std::string& name) {
        return DetrConfig::Stack { config.size((name + "_layers").c_str(), 6, 1000),
            config.size((name + "_attention_heads").c_str(), 8, 4096), config.size((name + "_ffn_dim").c_str(), 2048) };
    };
    const std::string positions = config.text("position_embedding_type", "sine");
    DetrConfig c { config.size("d_model", 256), config.size("num_queries", 100), stack("encoder"), stack("decoder"),
        config.activation("activation_function", "relu"), positions == "learned" };
    if (positions != "sine" && positions != "learned")
        config.problem(fmt::format("position_embedding_type \"{}\" is not known; sine and learned are.", positions));
    if (c.width % 4 != 0 || c.width % c.encoder.heads != 0 || c.width % c.decoder.heads != 0)
        config.problem(fmt::format("d_model {} cannot be shared by its heads and positions.", c.width));
    return c;
}

/// Post-norm: x = norm(x + attention); in a decoder the same over the picture; x = norm(x + feedForward(x)).
struct Layer {
    PlacedAttention self;
    Norm selfNorm;
    std::optional<PlacedAttention> cross;
    std::optional<Norm> crossNorm;
    FeedForward feedForward;
    Norm last;

    static Layer load(ParameterSource& source, const DetrConfig& c, AttentionKind kind, int index)
    {
        const bool decoder = kind == AttentionKind::Decoder;
        const DetrConfig::Stack& stack = decoder ? c.decoder : c.encoder;
        const std::string name = fmt::format("model.{}.layers.{}.", decoder ? "decoder" : "encoder", index);
        const auto norm = [&](const char* part) { return Norm::layer(source, name + part, c.width, 1e-5f); };
        const auto heads = [&](AttentionKind of) { return Heads { .site = { of, index }, .heads = int(stack.heads) }; };
        Layer layer { PlacedAttention::load(source, name + "self_attn", c.width, heads(kind)), norm("self_attn_layer_norm"), {}, {},
            { Linear::load(source, name + "fc1", c.width, stack.inner), Linear::load(source, name + "fc2", stack.inner, c.width),
                c.activation },
            norm("final_layer_norm") };
        if (decoder) {
            layer.cross = PlacedAttention::load(source, name + "encoder_attn", c.width, heads(AttentionKind::Cross));
            layer.crossNorm = norm("encoder_attn_layer_norm");
        }
        return layer;
    }

    Var operator()(const PlacedAttention::Seen& own, const PlacedAttention::Seen* picture, Run& run) const
    {
        Var x = selfNorm(run.addResidual(own.states, self(own, own, run)), run);
        if (cross)
            x = (*crossNorm)(run.addResidual(x, (*cross)({ x, own.positions, own.packing }, *picture, run)), run);
        return last(add(x, feedForward(x, run)), run);
    }
};

class Detr final : public Model {
public:
    Detr(Config& config, ParameterSource& source)
        : m_config(readConfig(config))
        , m_resnet(ResnetConfig::read(config))
    {
        describe(config);
        const DetrConfig& c = m_config;
        const std::int64_t features = m_resnet.widths.empty() ? 1 : m_resnet.widths.back();
        m_backbone = ResnetBackbone::load(source, m_resnet, "model.backbone.conv_encoder.model.");
        m_projection = source.take("model.input_projection.weight", { c.width, features, 1, 1 }, Initialisation::normal(0.02f));
        m_projectionBias = source.take("model.input_projection.bias", { c.width }, Initialisation::zeros());
        m_queries = Embedding::load(source, "model.query_position_embeddings", c.queries, c.width);
        if (c.learnedPositions)
            m_positions = LearnedCells::load(source, "model.backbone.position_embedding.", c.width);
        for (int i = 0; i < c.encoder.layers; ++i)
            m_encoder.push_back(Layer::load(source, c, AttentionKind::Encoder, i));
        for (int i = 0; i < c.decoder.layers; ++i)
            m_decoder.push_back(Layer::load(source, c, AttentionKind::Decoder, i));
        m_norm = Norm::layer(source, "model.decoder.layernorm", c.width, 1e-5f);
        if (m_info.task != Task::ObjectDetection)
            return;
        m_classes = Linear::load(source, "class_labels_classifier", c.width, std::int64_t(m_info.labels.size()) + 1);
        m_boxes = DetectionHead::load(source, "bbox_predictor", c.width, 4);
    }

    Status check(const ModelInput& input) const override;
    std::int64_t tokens(const ModelInput& input) const override { return grid(input).count(); }
    ModelOutputs forward(std::span<const ModelInput> batch, Run& run) const override;

private:
    /// The cells of one or more pictures.
    struct Cells {
        Var states, positions;
        Packing packing;
    };
    void describe(Config& config);
    GridSize grid(const ModelInput& input) const;
    Cells see(std::span<const ModelInput> batch, Run& run) const;
    Var encode(Cells& cells, Run& run) const;
    Var decode(const Cells& cells, Run& run) const;

    DetrConfig m_config;
    ResnetConfig m_resnet;
    ResnetBackbone m_backbone;
    ParameterRef m_projection, m_projectionBias;
    Embedding m_queries;
    std::optional<LearnedCells> m_positions;
    std::vector<Layer> m_encoder, m_decoder;
    Norm m_norm;
    std::optional<Linear> m_classes;
    DetectionHead m_boxes;
};

void Detr::describe(Config& config)
{
    const std::string architecture = config.architecture();
    m_info.architecture = architecture.empty() ? "DetrModel" : architecture;
    m_info.task = architecture == "DetrForObjectDetection" ? Task::ObjectDetection : Task::Features;
    m_info.input = InputKind::Image;
    m_info.pair = true;
    m_info.layers = int(std::max(m_config.encoder.layers, m_config.decoder.layers));
    m_info.heads = int(m_config.encoder.heads);
    m_info.width = int(m_config.width);
    m_info.headSize = int(m_config.width / m_config.encoder.heads);
    m_info.patchSize = m_resnet.cellSize();
    m_info.partialPatches = true;
    m_info.queries = m_config.queries;
    m_info.channels = m_resnet.channels;
    m_info.attention = "softmax; every cell sees every cell, every query sees all queries and all cells";
    if (m_info.task == Task::ObjectDetection)
        m_info.labels = config.labels();
}

GridSize Detr::grid(const ModelInput& input) const
{
    const std::int64_t cell = m_resnet.cellSize();
    return { (input.pixelValues.shape()[1] + cell - 1) / cell, (input.pixelValues.shape()[2] + cell - 1) / cell };
}

Status Detr::check(const ModelInput& input) const
{
    const Shape& shape = input.pixelValues.shape();
    if (input.pixelValues.empty() || shape.rank() != 3 || shape.count() == 0)
        return Error { ErrorKind::BadInput, "This model takes a picture." };
    if (shape[0] != m_resnet.channels)
        return Error { ErrorKind::BadInput,
            fmt::format("The picture has {} channels, this model takes {}.", shape[0], m_resnet.channels) };
    const GridSize cells = grid(input);
    if (m_positions && std::max(cells.rows, cells.columns) > LearnedCells::longest)
        return Error { ErrorKind::TooLong, fmt::format("The picture has {} × {} cells of {} pixels; this model has positions for {} along a side.",
            cells.columns, cells.rows, m_resnet.cellSize(), LearnedCells::longest) };
    if (!input.pixelMask.empty() && std::ranges::none_of(cellMask(input.pixelMask, cells), [](std::uint8_t seen) { return seen != 0; }))
        return Error { ErrorKind::BadInput, "The pixel mask leaves nothing of the picture." };
    return {};
}

Detr::Cells Detr::see(std::span<const ModelInput> batch, Run& run) const
{
    Cells cells;
    std::vector<Var> states, positions;
    for (const ModelInput& input : batch) {
        const Tensor map = m_backbone(input.pixelValues.toFloat(), [&run] { run.control().report(0.0, "looking at the picture"); });
        const GridSize size { map.shape()[1], map.shape()[2] };
        const std::int64_t features = map.shape()[0], count = size.count();
        states.emplace_back(Tensor::make({ count, features }, [&](std::span<float> out) {
            for (std::int64_t i = 0; i < count; ++i)
                for (std::int64_t k = 0; k < features; ++k)
                    out[std::size_t(i * features + k)] = map.at(k * count + i);
        }));
        std::vector<std::uint8_t> mask = cellMask(input.pixelMask, size);
        positions.push_back(m_positions ? (*m_positions)(size, run) : Var(sinePositions(mask, size, m_config.width)));
        const bool whole = std::ranges::all_of(mask, [](std::uint8_t seen) { return seen != 0; });
        cells.packing.add(count, whole ? std::vector<std::uint8_t>() : std::move(mask));
    }
    const Var weight = reshape(run.use(m_projection), { m_config.width, m_projection->value.shape()[1] });
    cells.states = linear(concatenateRows(states), weight, run.use(m_projectionBias));
    cells.positions = concatenateRows(positions);
    return cells;
}

Var Detr::encode(Cells& cells, Run& run) const
{
    run.recordHidden(cells.states);
    for (std::size_t i = 0; i < m_encoder.size(); ++i) {
        run.enterLayer(int(i), int(m_encoder.size() + m_decoder.size()));
        cells.states = m_encoder[i]({ cells.states, cells.positions, cells.packing }, nullptr, run);
        run.recordHidden(cells.states, { AttentionKind::Encoder, int(i) + 1 });
    }
    return cells.states;
}

Var Detr::decode(const Cells& cells, Run& run) const
{
    Packing packing;
    std::vector<std::int64_t> order;
    for (std::int64_t s = 0; s < cells.packing.sequences(); ++s) {
        packing.add(m_config.queries, {});
        for (std::int64_t i = 0; i < m_config.queries; ++i)
            order.push_back(i);
    }
    const Var places = m_queries(order, run);
    const PlacedAttention::Seen picture { cells.states, cells.positions, cells.packing };
    Var x(Tensor::zeros(places.shape()));
    run.recordHidden(x, { AttentionKind::Decoder, 0 });
    for (std::size_t i = 0; i < m_decoder.size(); ++i) {
        run.enterLayer(int(m_encoder.size() + i), int(m_encoder.size() + m_decoder.size()));
        x = m_decoder[i]({ x, places, packing }, &picture, run);
        if (i + 1 == m_decoder.size())
            x = m_norm(x, run);
        run.recordHidden(x, { AttentionKind::Decoder, int(i) + 1 });
    }
    return x;
}

ModelOutputs Detr::forward(std::span<const ModelInput> batch, Run& run) const
{
    using Rows = ModelOutput::Rows;
    Cells cells = see(batch, run);
    ModelOutputs out;
    out["encoder_last_hidden_state"] = { encode(cells, run), Rows::PerToken };
    const Var found = decode(cells, run);
    out["last_hidden_state"] = { found, Rows::PerToken };
    if (m_classes) {
        out["logits"] = { (*m_classes)(found, run), Rows::PerToken };
        out["pred_boxes"] = { activate(Activation::Sigmoid, m_boxes(found, run)), Rows::PerToken };
    }
    return out;
}

constexpr std::array<std::string_view, 2> architectures { "DetrModel", "DetrForObjectDetection" };

} // namespace

const ModelFamily detrFamily { "detr", "DETR", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Detr>(config, source); },
    "model." };

} // namespace headlight
