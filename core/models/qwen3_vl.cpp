// Qwen3-VL: pictures of any size with learned positions that stretch; what some layers of the tower saw is
// added behind the first layers of the decoder, a Qwen3. Source: Bai et al. 2025 (Qwen3-VL); Meng et al. 2024
// (DeepStack).

#include "core/models/families.h"
#include "core/models/qwen_vision.h"
#include "core/tensor/kernels.h"

namespace headlight {
namespace {

struct VlConfig {
    RotaryDecoderSettings words;
    QwenTowerConfig tower;
    QwenPositions positions;
    std::vector<std::int64_t> deepLayers;
    std::int64_t pictureToken, gridSide; ///< of the table of positions
};

VlConfig readConfig(Config& config, const ParameterSource& source)
{
    QwenParts parts = QwenParts::of(config);
    Config& text = parts.text(config);
    VlConfig c{ readRotaryDecoder(text, { .headSize = 128, .positions = 128000, .base = 5000000.0f }),
        QwenTowerConfig::read(parts.vision, "gelu_pytorch_tanh"),
        QwenPositions::read(text, QwenPositions::Sharing::Interleaved),
        parts.vision.numbers("deepstack_visual_indexes"), config.number("image_token_id", 151655), 0 };
    readAttentionBias(text, c.words);
    normEachHead(c.words);
    c.words.tied = text.flag("tie_word_embeddings", false);
    c.words.base = prefixOf(
        source, std::array<std::string_view, 2>{ "model.language_model.", "model." }, "embed_tokens.weight");
    c.gridSide = std::int64_t(std::sqrt(double(parts.vision.size("num_position_embeddings", 2304))));
    if (std::int64_t(c.deepLayers.size()) > c.words.layers
        || std::ranges::any_of(
            c.deepLayers, [&](std::int64_t layer) { return layer < 0 || layer >= c.tower.layers; }))
        config.problem(fmt::format("deepstack_visual_indexes names {} layers that do not fit {} and {}.",
            c.deepLayers.size(), c.tower.layers, c.words.layers));
    return c;
}

PreNormLayer loadLayer(
    ParameterSource& source, const std::string& name, const QwenTowerConfig& c, SelfAttention attention)
{
    const auto norm = [&](const char* part) { return Norm::layer(source, name + part, c.width, c.epsilon); };
    return { norm("norm1"), norm("norm2"), std::move(attention),
        FeedForward{ Linear::load(source, name + "mlp.linear_fc1", c.width, c.inner),
            Linear::load(source, name + "mlp.linear_fc2", c.inner, c.width), c.activation } };
}

QwenMerger loadMerger(ParameterSource& source, const std::string& name, const QwenTowerConfig& c,
    std::int64_t out, bool normsSquares)
{
    const std::int64_t wide = c.width * c.side * c.side;
    return { Norm::layer(source, name + "norm", normsSquares ? wide : c.width, c.epsilon), normsSquares,
        Linear::load(source, name + "linear_fc1", wide, wide),
        Linear::load(source, name + "linear_fc2", wide, out) };
}

/// Where `index` of `count` falls on a side of `size`, ends on ends: the cell before and the share of the one
/// after.
struct Between {
    std::int64_t first;
    float share;
    static Between of(std::int64_t index, std::int64_t count, std::int64_t size)
    {
        const auto end = float(size - 1);
        const float step = count > 1 ? end / float(count - 1) : 0.0f;
        // From both ends, as the reference does: the last one falls on the last cell exactly.
        const float place = index < count / 2 ? step * float(index)
            : count > 1                       ? end - step * float(count - index - 1)
                                              : 0.0f;
        const auto first = std::int64_t(place);
        return { first, place - float(first) };
    }
};

class Qwen3Vl final : public SeeingDecoder {
public:
    Qwen3Vl(Config& config, ParameterSource& source)
        : Qwen3Vl(config, source, readConfig(config, source))
    {
    }

private:
    Qwen3Vl(Config& config, ParameterSource& source, const VlConfig& c)
        : SeeingDecoder(config, source, { c.words, c.pictureToken })
        , m_positions(c.positions)
        , m_gridSide(c.gridSide)
        , m_deepLayers(c.deepLayers)
    {
        const std::string visual = prefixOf(
            source, std::array<std::string_view, 2>{ "model.visual.", "visual." }, "patch_embed.proj.weight");
        m_tower = QwenTower::load(source, visual, c.tower, Linear::Bias::Yes,
            [&](ParameterSource& from, const std::string& name, SelfAttention attention) {
                return loadLayer(from, name, c.tower, std::move(attention));
            });
        m_table = source.take(visual + "pos_embed.weight", { c.gridSide * c.gridSide, c.tower.width },
            Initialisation::normal(0.02f));
        m_merger = loadMerger(source, visual + "merger.", c.tower, c.words.width, false);
        for (std::size_t i = 0; i < m_deepLayers.size(); ++i)
            m_deepMergers.push_back(loadMerger(
                source, fmt::format("{}deepstack_merger_list.{}.", visual, i), c.tower, c.words.width, true));
        m_tower.describe(m_info);
    }

    Status checkPictures(const ModelInput& input) const override { return m_tower.check(input); }
    std::int64_t seenRows(const ModelInput& input) const override { return m_tower.tokens(input); }
    void arrange(const ModelInput& input, const WordRows& rows, Run& run, Beside& beside) const override
    {
        beside.angles = m_positions.angles(
            input, rows, { m_pictureToken, m_tower.config().side, m_rotary.front().usual }, run);
    }
    /// The table stretched over each picture, in running order. Shapes: → [Σ patches,E].
    Tensor stretchedTable(std::span<const PatchVolume> grids, const QwenPatches& patches) const;
    Seen see(const ModelInput& input, Run& run) const override
    {
        const QwenPatches patches = m_tower.patchesOf(input);
        Seen seen;
        const Var positions(stretchedTable(input.patchGrids, patches));
        const Var states = m_tower(input, patches, positions, run, [&](std::size_t layer, const Var& x) {
            for (std::size_t i = 0; i < m_deepLayers.size(); ++i)
                if (m_deepLayers[i] == std::int64_t(layer))
                    seen.added.push_back(gatherRows(m_deepMergers[i](x, run), patches.merged));
        });
        seen.rows = gatherRows(m_merger(states, run), patches.merged);
        seen.outputs["image_hidden_states"] = { seen.rows, ModelOutput::Rows::PerSequence };
        for (std::size_t i = 0; i < seen.added.size(); ++i)
            seen.outputs[fmt::format("deepstack_features.{}", i)] = { seen.added[i],
                ModelOutput::Rows::PerSequence };
        return seen;
    }

    QwenPositions m_positions;
    QwenTower m_tower;
    std::int64_t m_gridSide;
    ParameterRef m_table;
    QwenMerger m_merger;
    std::vector<std::int64_t> m_deepLayers;
    std::vector<QwenMerger> m_deepMergers;
};

Tensor Qwen3Vl::stretchedTable(std::span<const PatchVolume> grids, const QwenPatches& patches) const
{
    const Tensor table = m_table->value.toFloat();
    const std::int64_t width = table.shape().columns(), last = m_gridSide - 1;
    return Tensor::make({ std::int64_t(patches.places.size()), width }, [&](std::span<float> out) {
        std::ranges::fill(out, 0.0f);
        float* target = out.data();
        auto place = patches.places.begin();
        for (const PatchVolume& grid : grids)
            for (std::int64_t i = 0; i < grid.count(); ++i, ++place, target += width) {
                const Between y = Between::of(place->row, grid.rows, m_gridSide),
                              x = Between::of(place->column, grid.columns, m_gridSide);
                for (const auto& [row, high] : { std::pair{ y.first, 1.0f - y.share },
                         std::pair{ std::min(y.first + 1, last), y.share } })
                    for (const auto& [column, wide] : { std::pair{ x.first, 1.0f - x.share },
                             std::pair{ std::min(x.first + 1, last), x.share } })
                        kernels::accumulate(
                            high * wide, table.row(row * m_gridSide + column).data(), target, width);
            }
    });
}

constexpr std::array<std::string_view, 1> architectures{ "Qwen3VLForConditionalGeneration" };

} // namespace

const ModelFamily qwen3VlFamily{ "qwen3_vl", "Qwen3-VL", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Qwen3Vl>(config, source);
    },
    "" };

} // namespace headlight
