// Qwen3-VL: pictures of any size with learned positions that stretch; what some layers of the tower saw is
// added behind the first layers of the decoder, a Qwen3. Source: Bai et al. 2025 (Qwen3-VL); Meng et al. 2024
// (DeepStack).

#include "core/models/families.h"
#include "core/models/qwen_reader.h"
#include "core/tensor/kernels.h"

namespace headlight {
namespace {

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

class Qwen3Vl final : public QwenReader {
public:
    Qwen3Vl(Config& config, ParameterSource& source)
        : Qwen3Vl(config, source, readParts(config, source))
    {
    }

private:
    struct AllParts {
        Parts shared;
        std::vector<std::int64_t> deepLayers;
        std::int64_t gridSide; ///< of the table of positions
    };
    static AllParts readParts(Config& config, const ParameterSource& source);

    Qwen3Vl(Config& config, ParameterSource& source, const AllParts& parts)
        : QwenReader(config, source, parts.shared,
            { { "model.visual.", "visual." }, Linear::Bias::Yes,
                [&](ParameterSource& from, const std::string& name, SelfAttention attention) {
                    return loadLayer(from, name, parts.shared.tower, std::move(attention));
                } })
        , m_gridSide(parts.gridSide)
        , m_deepLayers(parts.deepLayers)
    {
        const QwenTowerConfig& c = parts.shared.tower;
        const std::int64_t out = parts.shared.words.width;
        m_table = source.take(m_visual + "pos_embed.weight", { m_gridSide * m_gridSide, c.width },
            Initialisation::normal(0.02f));
        m_merger = loadMerger(source, m_visual + "merger.", c, out, false);
        for (std::size_t i = 0; i < m_deepLayers.size(); ++i)
            m_deepMergers.push_back(
                loadMerger(source, fmt::format("{}deepstack_merger_list.{}.", m_visual, i), c, out, true));
    }

    /// The table stretched over each picture, in running order. Shapes: → [Σ patches,E].
    Tensor stretchedTable(std::span<const PatchVolume> grids, const QwenPatches& patches) const;
    Var patchPositions(const ModelInput& input, const QwenPatches& patches) const override
    {
        return Var(stretchedTable(input.patchGrids, patches));
    }
    void afterLayer(
        std::size_t layer, const Var& x, const QwenPatches& patches, Seen& seen, Run& run) const override
    {
        for (std::size_t i = 0; i < m_deepLayers.size(); ++i) {
            if (m_deepLayers[i] != std::int64_t(layer))
                continue;
            seen.added.push_back(gatherRows(m_deepMergers[i](x, run), patches.merged));
            seen.outputs[fmt::format("deepstack_features.{}", seen.added.size() - 1)] = { seen.added.back(),
                ModelOutput::Rows::PerSequence };
        }
    }

    std::int64_t m_gridSide;
    ParameterRef m_table;
    std::vector<std::int64_t> m_deepLayers;
    std::vector<QwenMerger> m_deepMergers;
};

Qwen3Vl::AllParts Qwen3Vl::readParts(Config& config, const ParameterSource& source)
{
    QwenParts configs = QwenParts::of(config);
    Config &text = configs.text(config), &vision = configs.vision;
    AllParts all{ { readRotaryDecoder(text, { .headSize = 128, .positions = 128000, .base = 5000000.0f },
                        { .vocabulary = 151936, .inner = 22016 }),
                      QwenTowerConfig::read(vision, {}),
                      QwenPositions::read(text, QwenPositions::Sharing::Interleaved),
                      config.number("image_token_id", 151655) },
        { 8, 16, 24 }, 0 };
    Parts& p = all.shared;
    readAttentionBias(text, p.words);
    normEachHead(p.words);
    p.words.base = prefixOf(
        source, std::array<std::string_view, 2>{ "model.language_model.", "model." }, "embed_tokens.weight");
    if (vision.mentions("deepstack_visual_indexes"))
        all.deepLayers = vision.numbers("deepstack_visual_indexes");
    all.gridSide = std::int64_t(std::sqrt(double(vision.size("num_position_embeddings", 2304))));
    if (std::int64_t(all.deepLayers.size()) > p.words.layers
        || std::ranges::any_of(
            all.deepLayers, [&](std::int64_t layer) { return layer < 0 || layer >= p.tower.layers; }))
        config.problem(fmt::format("deepstack_visual_indexes names {} layers that do not fit {} and {}.",
            all.deepLayers.size(), p.tower.layers, p.words.layers));
    return all;
}

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

constexpr std::array<std::string_view, 2> architectures{ "Qwen3VLForConditionalGeneration", "Qwen3VLModel" };

} // namespace

const ModelFamily qwen3VlFamily{ "qwen3_vl", "Qwen3-VL", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Qwen3Vl>(config, source);
    },
    "model." };

} // namespace headlight
