// YOLOS: a ViT with detection tokens behind the patches; each says what it found and where. Source: Fang et al. 2021.

#include "core/models/detection.h"
#include "core/models/families.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

class Yolos final : public PictureModel {
public:
    Yolos(Config& config, ParameterSource& source)
    {
        PatchEncoderConfig c = PatchEncoderConfig::read(config);
        if (!config.has("image_size"))
            c.image = { 512, 864 };
        describe(config, "YolosModel");
        loadEncoder(config, source, c);
        m_encoder.describe(m_info, c);
        m_info.attention = "softmax, every patch and every detection sees all";
        if (m_info.task == Task::ObjectDetection) {
            m_classes = DetectionHead::load(source, "class_labels_classifier", c.width, std::int64_t(m_info.labels.size()) + 1);
            m_boxes = DetectionHead::load(source, "bbox_predictor", c.width, 4);
        } else if (source.has("vit.pooler.dense.weight"))
            m_pooler = Linear::load(source, "vit.pooler.dense", c.width, c.width);
    }

private:
    void loadEncoder(Config& config, ParameterSource& source, const PatchEncoderConfig& c)
    {
        const std::int64_t detections = config.size("num_detection_tokens", 100);
        const std::int64_t tokens = 1 + c.grid().count() + detections;
        const auto start = Initialisation::normal(0.02f);
        m_encoder.specials.leading = { source.take("vit.embeddings.cls_token", { 1, 1, c.width }, start) };
        m_encoder.specials.trailing = source.take("vit.embeddings.detection_tokens", { 1, detections, c.width }, start);
        m_encoder.positions = ImagePositions { source.take("vit.embeddings.position_embeddings", { 1, tokens, c.width }, start),
            c.grid(), 1, detections };
        m_encoder.embedding = PatchEmbedding::load(
            source, "vit.embeddings.patch_embeddings.projection", { c.width, c.channels, c.patch });
        for (int i = 0; i < c.layers; ++i)
            m_encoder.layers.push_back(
                loadVitLayer(source, c, fmt::format("vit.encoder.layer.{}.", i), { AttentionKind::Encoder, i }));
        if (c.layers > 1 && config.flag("use_mid_position_embeddings", true))
            m_encoder.middlePositions = ImagePositions {
                source.take("vit.encoder.mid_position_embeddings", { c.layers - 1, 1, tokens, c.width }, start), c.grid(), 1, detections
            };
        m_encoder.last = Norm::layer(source, "vit.layernorm", c.width, c.epsilon);
        m_encoder.dropout = c.dropout;
    }

    /// The rows of all detection tokens. Shapes: [Σ tokens,E] → [n·detections,E].
    Var detections(const Var& normed, const PatchEncoder::States& states) const
    {
        std::vector<std::int64_t> rows;
        for (std::size_t s = 1; s < states.packing.begins.size(); ++s)
            for (std::int64_t i = -m_encoder.specials.trailingCount(); i < 0; ++i)
                rows.push_back(states.packing.begins[s] + i);
        return gatherRows(normed, rows);
    }

    ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const override
    {
        using Rows = ModelOutput::Rows;
        const Var normed = m_encoder.normed(states, run);
        ModelOutputs out;
        out["last_hidden_state"] = { normed, Rows::PerToken };
        if (m_pooler)
            out["pooler_output"] = { activate(Activation::Tanh, (*m_pooler)(tokenOf(normed, states.packing), run)), Rows::PerSequence };
        if (m_info.task != Task::ObjectDetection)
            return out;
        const Var found = detections(normed, states);
        out["logits"] = { m_classes(found, run), Rows::PerToken };
        out["pred_boxes"] = { activate(Activation::Sigmoid, m_boxes(found, run)), Rows::PerToken };
        return out;
    }

    DetectionHead m_classes, m_boxes;
    std::optional<Linear> m_pooler;
};

constexpr std::array<std::string_view, 2> architectures { "YolosModel", "YolosForObjectDetection" };

} // namespace

const ModelFamily yolosFamily { "yolos", "YOLOS", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Yolos>(config, source); },
    "vit." };

} // namespace headlight
