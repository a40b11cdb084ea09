#include "core/models/two_towers.h"

#include "core/tensor/matmul.h"

namespace headlight {
namespace {

TowerConfig readSizes(Config& config, const TowerConfig& usual)
{
    const TowerConfig sizes { config.size("hidden_size", usual.width), config.size("num_hidden_layers", usual.layers, 1000),
        config.size("num_attention_heads", usual.heads, 4096), config.size("intermediate_size", usual.inner) };
    if (sizes.width % sizes.heads != 0)
        config.problem(fmt::format("hidden_size {} cannot be shared by {} heads.", sizes.width, sizes.heads));
    return sizes;
}

TowerLayerConfig readLayers(Config& config, const TowerFamily& family, const TowerConfig& usual)
{
    return { readSizes(config, usual), config.real("layer_norm_eps", family.epsilon),
        config.activation("hidden_act", std::string(family.activation)) };
}

/// Old files of CLIP repeat a tower's configuration under another key, which then wins.
Config towerPart(Config& config, const std::string& key)
{
    const std::string old = key + "_dict";
    return config.part(config.has(old.c_str()) ? old.c_str() : key.c_str());
}

} // namespace

PreNormLayer loadTowerLayer(
    ParameterSource& source, const TowerLayerConfig& c, const std::string& name, AttentionSite site)
{
    const std::int64_t width = c.sizes.width;
    const auto projection = [&](const char* part) { return Linear::load(source, name + "self_attn." + part, width, width); };
    return { Norm::layer(source, name + "layer_norm1", width, c.epsilon),
        Norm::layer(source, name + "layer_norm2", width, c.epsilon),
        { projection("q_proj"), projection("k_proj"), projection("v_proj"), projection("out_proj"),
            { .site = site, .heads = int(c.sizes.heads), .span = c.span } },
        FeedForward { Linear::load(source, name + "mlp.fc1", width, c.sizes.inner),
            Linear::load(source, name + "mlp.fc2", c.sizes.inner, width), c.activation } };
}

TextTower::States TextTower::operator()(std::span<const ModelInput> batch, Run& run) const
{
    WordRows rows = packWords(batch, run);
    Var hidden = add(words(rows.ids, run), positions(rows.positions, run));
    run.recordHidden(hidden, { AttentionKind::Encoder, 0, tower });
    for (std::size_t i = 0; i < layers.size(); ++i) {
        run.enterLayer(int(i), int(layers.size()));
        hidden = layers[i](hidden, rows.packing, run);
        run.recordHidden(hidden, { AttentionKind::Encoder, int(i) + 1, tower });
    }
    return { last(hidden, run), std::move(rows.packing) };
}

TwoTowers::TwoTowers(Config& config, ParameterSource& source, const TowerFamily& family)
{
    const std::string type = config.modelType(), architecture = config.architecture();
    const bool both = type == family.id, classifies = architecture.ends_with("ForImageClassification");
    if (both && classifies) {
        Config vision = towerPart(config, "vision_config");
        loadVision(vision, source, family, Tower::Only);
        m_info.labels = config.labels();
        m_classifier = Linear::load(source, "classifier", m_info.width, std::int64_t(m_info.labels.size()));
    } else if (both) {
        Config text = towerPart(config, "text_config"), vision = towerPart(config, "vision_config");
        loadText(text, source, family, Tower::Text);
        loadVision(vision, source, family, Tower::Vision);
        m_logitScale = source.take("logit_scale", family.projections ? Shape {} : Shape { 1 }, Initialisation::ones());
    } else if (type.ends_with("text_model"))
        loadText(config, source, family, Tower::Only);
    else
        loadVision(config, source, family, Tower::Only);
    const bool projected = family.projections && !classifies && (both || architecture.ends_with("WithProjection"));
    const std::int64_t common = config.size("projection_dim", 512);
    if (projected && m_text)
        m_textProjection = Linear::load(source, "text_projection", m_text->config.width, common, Linear::Bias::No);
    if (projected && m_vision)
        m_visualProjection = Linear::load(source, "visual_projection", m_visionLayers.sizes.width, common, Linear::Bias::No);
    describe(family, architecture);
}

void TwoTowers::loadText(Config& config, ParameterSource& source, const TowerFamily& family, Tower tower)
{
    TowerLayerConfig c = readLayers(config, family, family.text);
    if (family.causalText)
        c.span = causalSpan();
    m_text.emplace();
    m_text->config = c.sizes;
    m_text->tower = tower;
    m_text->limits = { config.size("vocab_size", family.vocabulary), config.size("max_position_embeddings", family.positions) };
    m_text->words = Embedding::load(
        source, "text_model.embeddings.token_embedding", m_text->limits.vocabulary, c.sizes.width);
    m_text->positions = Embedding::load(
        source, "text_model.embeddings.position_embedding", m_text->limits.positions, c.sizes.width);
    for (int i = 0; i < c.sizes.layers; ++i)
        m_text->layers.push_back(loadTowerLayer(
            source, c, fmt::format("text_model.encoder.layers.{}.", i), { AttentionKind::Encoder, i, tower }));
    m_text->last = Norm::layer(source, "text_model.final_layer_norm", c.sizes.width, c.epsilon);
    m_textEnd = config.number("eos_token_id", 49407);
    m_info.vocabulary = m_text->limits.vocabulary;
    m_info.maximumPositions = m_text->limits.positions;
}

void TwoTowers::loadVision(Config& config, ParameterSource& source, const TowerFamily& family, Tower tower)
{
    const TowerLayerConfig layers = m_visionLayers = readLayers(config, family, family.vision);
    PatchEncoderConfig c {};
    c.width = layers.sizes.width, c.layers = layers.sizes.layers, c.heads = layers.sizes.heads;
    c.patch.rows = c.patch.columns = config.size("patch_size", family.patch, 1 << 12);
    c.image.rows = c.image.columns = family.flexible
        ? c.patch.rows * std::int64_t(std::sqrt(double(config.size("num_patches", 256, 1 << 20))))
        : config.size("image_size", 224, 1 << 14);
    c.channels = config.size("num_channels", 3, 64);
    if (c.grid().count() == 0)
        config.problem(fmt::format("image_size {} is smaller than a patch of {}.", c.image.rows, c.patch.rows));
    const std::string embeddings = "vision_model.embeddings.";
    const std::int64_t leading = family.classToken ? 1 : 0;
    m_vision.emplace();
    m_vision->tower = tower;
    if (family.classToken)
        m_vision->specials.leading = { source.take(embeddings + "class_embedding", { c.width }, Initialisation::normal(0.02f)) };
    if (family.flexible) {
        const std::int64_t numbers = c.channels * c.patch.count();
        m_vision->flat = { Linear::load(source, embeddings + "patch_embedding", numbers, c.width), c.patch, c.channels };
        m_vision->embedding = { nullptr, nullptr, c.patch, c.channels };
    } else
        m_vision->embedding = PatchEmbedding::load(source, embeddings + "patch_embedding", { c.width, c.channels, c.patch },
            family.classToken ? PatchEmbedding::Bias::No : PatchEmbedding::Bias::Yes);
    m_vision->positions = ImagePositions { source.take(embeddings + "position_embedding.weight",
                                               { leading + c.grid().count(), c.width }, Initialisation::normal(0.02f)),
        c.grid(), leading };
    if (family.flexible)
        m_vision->positions->interpolation = Interpolation::SmoothBilinear;
    for (int i = 0; i < c.layers; ++i)
        m_vision->layers.push_back(loadTowerLayer(
            source, layers, fmt::format("vision_model.encoder.layers.{}.", i), { AttentionKind::Encoder, i, tower }));
    m_vision->describe(m_info, c);
}

void TwoTowers::describe(const TowerFamily& family, const std::string& architecture)
{
    m_info.input = joined() ? InputKind::ImageAndText : m_text ? InputKind::Text : InputKind::Image;
    m_info.task = joined() ? Task::ImageTextMatching : m_classifier ? Task::ImageClassification : Task::Features;
    m_info.architecture = !architecture.empty() ? architecture
                                                : fmt::format("{}{}Model", family.name, joined() ? "" : m_text ? "Text" : "Vision");
    if (joined())
        m_info.layers = int(std::max(m_text->config.layers, m_visionLayers.sizes.layers));
    if (m_text && !m_vision) {
        m_info.layers = int(m_text->config.layers);
        m_info.heads = int(m_text->config.heads);
        m_info.width = int(m_text->config.width);
        m_info.headSize = m_info.width / m_info.heads;
    }
    const char* text = family.causalText ? "a token sees itself and what came before" : "every token sees every token";
    m_info.attention = joined() ? fmt::format("softmax; in the text {}, in the picture every patch sees every patch", text)
        : m_text                ? fmt::format("softmax, {}", text)
                                : "softmax, every patch sees every patch";
}

Status TwoTowers::check(const ModelInput& input) const
{
    const bool reads = m_text && !input.ids.empty(), sees = m_vision && input.hasPicture();
    if (joined() && !reads && !sees)
        return Error { ErrorKind::BadInput, "There is nothing to run: this model takes a picture, a text, or both." };
    if (reads || !m_vision)
        HEADLIGHT_TRY_STATUS(checkWords(input, m_text->limits));
    if (sees || !m_text)
        HEADLIGHT_TRY_STATUS(m_vision->check(input));
    return {};
}

std::int64_t TwoTowers::tokens(const ModelInput& input) const
{
    return m_text && !input.ids.empty() ? std::int64_t(input.ids.size()) : m_vision->tokens(input);
}

Var TwoTowers::vector(const char* tower, const Vectors& vectors, const std::optional<Linear>& projection, ModelOutputs& out,
    Run& run) const
{
    using Rows = ModelOutput::Rows;
    const std::string prefix = joined() ? fmt::format("{}.", tower) : std::string();
    out[prefix + "last_hidden_state"] = { vectors.states, Rows::PerToken };
    if (!vectors.pooled.empty() && (joined() || !projection))
        out[prefix + "pooler_output"] = { vectors.pooled, Rows::PerSequence };
    if (!projection && !joined())
        return vectors.pooled;
    const Var projected = projection ? (*projection)(vectors.pooled, run) : vectors.pooled;
    const Var embeds = joined() ? normalizeRows(projected) : projected;
    out[tower == std::string_view("text") ? "text_embeds" : "image_embeds"] = { embeds, Rows::PerSequence };
    return embeds;
}

Var TwoTowers::scores(const Var& rows, const Var& columns) const
{
    const Var scaled = scale(linear(rows, columns, Var()), std::exp(m_logitScale->value.toFloat().at(0)));
    if (!m_logitBias)
        return scaled;
    return add(scaled, Var(Tensor::filled(scaled.shape(), m_logitBias->value.toFloat().at(0))));
}

ModelOutputs TwoTowers::forward(std::span<const ModelInput> batch, Run& run) const
{
    ModelOutputs out;
    Var text, picture;
    if (m_text && !batch.front().ids.empty())
        text = vector("text", textVectors((*m_text)(batch, run), batch, run), m_textProjection, out, run);
    if (m_vision && batch.front().hasPicture()) {
        const PatchEncoder::States states = (*m_vision)(batch, run);
        const Vectors vectors = visionVectors(states, run);
        if (m_classifier) {
            const Var mean = m_vision->meanOfPatches(vectors.states, states);
            out["logits"] = { (*m_classifier)(mean, run), ModelOutput::Rows::PerSequence };
            return out;
        }
        picture = vector("vision", vectors, m_visualProjection, out, run);
    }
    if (joined() && !text.empty() && !picture.empty()) {
        out["logits_per_text"] = { scores(text, picture), ModelOutput::Rows::PerSequence };
        out["logits_per_image"] = { scores(picture, text), ModelOutput::Rows::PerSequence };
    }
    return out;
}

void TwoTowers::joinBatch(std::map<std::string, Tensor>& outputs) const
{
    if (!outputs.contains("logits_per_text"))
        return;
    const Var text(outputs.at("text_embeds")), picture(outputs.at("image_embeds"));
    outputs["logits_per_text"] = scores(text, picture).value();
    outputs["logits_per_image"] = scores(picture, text).value();
}

} // namespace headlight
