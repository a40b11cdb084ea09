// BEiT: a ViT whose scores carry a learned number per offset of two patches, in place of positions.
// Source: Bao et al. 2022.

#include "core/models/families.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

/// [CLS] to a patch, a patch to [CLS], [CLS] to itself: the table's last rows.
constexpr std::int64_t specialOffsets = 3;

/// A learned number per head and offset, for one layer or all of them.
struct OffsetTable {
    ParameterRef table; ///< [(2h-1)(2w-1) + 3, H]
    GridSize grid; ///< h × w patches it was trained for

    static OffsetTable load(ParameterSource& source, const std::string& name, const PatchEncoderConfig& c)
    {
        const GridSize grid = c.grid();
        const std::int64_t rows = (2 * grid.rows - 1) * (2 * grid.columns - 1) + specialOffsets;
        return { source.take(name + "relative_position_bias.relative_position_bias_table", { rows, c.heads }, Initialisation::zeros()),
            grid };
    }

    /// The table for pictures of another size: offsets resampled bilinearly. The reference takes the trained table's
    /// height for its width there, which shows when pictures are not square.
    Var resampled(GridSize wanted, Run& run) const
    {
        const GridSize from { 2 * grid.columns - 1, 2 * grid.rows - 1 }, to { 2 * wanted.rows - 1, 2 * wanted.columns - 1 };
        if (from == to)
            return run.useFloat(table);
        const Tensor known = table->value.toFloat();
        const std::array<Var, 2> parts { Var(resamplePositions(known.slice(0, from.count()), from, to, Interpolation::Bilinear)),
            Var(known.slice(from.count(), from.count() + specialOffsets)) };
        return concatenateRows(parts);
    }
};

/// For each pair of tokens ([CLS] first) the row of the table: offsets of the query from the key, rows first.
std::shared_ptr<const std::vector<std::int32_t>> offsetIndex(GridSize grid)
{
    const std::int64_t tokens = grid.count() + 1, width = 2 * grid.columns - 1;
    const std::int64_t fromClass = (2 * grid.rows - 1) * width, toClass = fromClass + 1, itself = fromClass + 2;
    auto index = std::make_shared<std::vector<std::int32_t>>();
    index->reserve(std::size_t(tokens * tokens));
    for (std::int64_t i = -1; i < grid.count(); ++i)
        for (std::int64_t j = -1; j < grid.count(); ++j) {
            const std::int64_t down = i / grid.columns - j / grid.columns + grid.rows - 1;
            const std::int64_t right = i % grid.columns - j % grid.columns + grid.columns - 1;
            const std::int64_t row = i < 0 && j < 0 ? itself : i < 0 ? fromClass : j < 0 ? toClass : down * width + right;
            index->push_back(std::int32_t(row));
        }
    return index;
}

class Beit final : public PictureModel {
public:
    Beit(Config& config, ParameterSource& source)
    {
        PatchEncoderConfig c = PatchEncoderConfig::read(config);
        c.bias = Linear::Bias::Yes;
        c.keyBias = Linear::Bias::No;
        describe(config, "BeitModel");
        loadEmbeddings(config, source, c);
        loadLayers(config, source, c);
        m_encoder.describe(m_info, c);
        m_encoder.bias = [this](std::size_t layer, GridSize grid, Run& run) { return biasOf(layer, grid, run); };
        m_mean = config.flag("use_mean_pooling", true);
        const bool classifies = m_info.task == Task::ImageClassification;
        if (!m_mean)
            m_encoder.last = Norm::layer(source, "beit.layernorm", c.width, c.epsilon);
        else if (classifies || source.has("beit.pooler.layernorm.weight"))
            m_poolerNorm = Norm::layer(source, "beit.pooler.layernorm", c.width, c.epsilon);
        if (classifies)
            m_classifier = Linear::load(source, "classifier", c.width, std::int64_t(m_info.labels.size()));
    }

private:
    void loadEmbeddings(Config& config, ParameterSource& source, const PatchEncoderConfig& c)
    {
        const std::string embeddings = "beit.embeddings.";
        const auto start = Initialisation::normal(0.02f);
        m_encoder.specials.leading = { source.take(embeddings + "cls_token", { 1, 1, c.width }, start) };
        if (config.flag("use_mask_token", false) && source.has(embeddings + "mask_token")) // of its training; not run
            source.take(embeddings + "mask_token", { 1, 1, c.width }, Initialisation::zeros());
        if (config.flag("use_absolute_position_embeddings", false))
            m_encoder.positions = ImagePositions {
                source.take(embeddings + "position_embeddings", { 1, 1 + c.grid().count(), c.width }, start), c.grid(), 1
            };
        m_encoder.embedding = PatchEmbedding::load(
            source, embeddings + "patch_embeddings.projection", { c.width, c.channels, c.patch });
        m_encoder.dropout = c.dropout;
    }

    void loadLayers(Config& config, ParameterSource& source, const PatchEncoderConfig& c)
    {
        const bool own = config.flag("use_relative_position_bias", false), scaled = config.real("layer_scale_init_value", 0.1f) > 0;
        for (int i = 0; i < c.layers; ++i) {
            const std::string name = fmt::format("beit.encoder.layer.{}.", i);
            PreNormLayer layer = loadVitLayer(source, c, name, { AttentionKind::Encoder, i });
            if (scaled) {
                layer.attentionScale = source.take(name + "lambda_1", { c.width }, Initialisation::ones());
                layer.outputScale = source.take(name + "lambda_2", { c.width }, Initialisation::ones());
            }
            m_encoder.layers.push_back(std::move(layer));
            if (own)
                m_tables.push_back(OffsetTable::load(source, name + "attention.attention.", c));
        }
        if (config.flag("use_shared_relative_position_bias", false))
            m_shared = OffsetTable::load(source, "beit.encoder.", c);
    }

    /// A layer's own numbers and those all layers share add up: both stand in one table.
    std::shared_ptr<const ScoreBias> biasOf(std::size_t layer, GridSize grid, Run& run) const
    {
        if (m_tables.empty() && !m_shared)
            return nullptr;
        Var table = m_tables.empty() ? m_shared->resampled(grid, run) : m_tables[layer].resampled(grid, run);
        if (!m_tables.empty() && m_shared)
            table = add(table, m_shared->resampled(grid, run));
        return indexedBias(table, offsetIndex(grid));
    }

    ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const override
    {
        using Rows = ModelOutput::Rows;
        const Var normed = m_encoder.normed(states, run);
        Var pooled;
        if (m_poolerNorm)
            pooled = (*m_poolerNorm)(m_encoder.meanOfPatches(normed, states), run);
        else if (!m_mean)
            pooled = tokenOf(normed, states.packing);
        ModelOutputs out;
        if (m_classifier) {
            out["logits"] = { (*m_classifier)(pooled, run), Rows::PerSequence };
            return out;
        }
        out["last_hidden_state"] = { normed, Rows::PerToken };
        if (!pooled.empty())
            out["pooler_output"] = { pooled, Rows::PerSequence };
        return out;
    }

    std::vector<OffsetTable> m_tables; ///< one per layer, or none
    std::optional<OffsetTable> m_shared;
    bool m_mean = true;
    std::optional<Norm> m_poolerNorm;
    std::optional<Linear> m_classifier;
};

constexpr std::array<std::string_view, 2> architectures { "BeitModel", "BeitForImageClassification" };

} // namespace

const ModelFamily beitFamily { "beit", "BEiT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Beit>(config, source); },
    "beit." };

} // namespace headlight
