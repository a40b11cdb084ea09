// Qwen2.5-VL: pictures of any size; most layers of the tower look within windows only. Its decoder is Qwen2
// with positions in time, rows and columns. Source: Bai et al. 2025.

#include "core/models/families.h"
#include "core/models/qwen_vision.h"

namespace headlight {
namespace {

struct VlConfig {
    RotaryDecoderSettings words;
    QwenTowerConfig tower;
    QwenPositions positions;
    std::int64_t pictureToken;
};

VlConfig readConfig(Config& config, const ParameterSource& source)
{
    QwenParts parts = QwenParts::of(config);
    Config& text = parts.text(config);
    VlConfig c{ readRotaryDecoder(text, { .positions = 32768, .base = 1000000.0f }),
        QwenTowerConfig::read(parts.vision, "silu"),
        QwenPositions::read(text, QwenPositions::Sharing::Chunks), config.number("image_token_id", 151655) };
    c.words.qkvBias = Linear::Bias::Yes;
    c.words.windows = upperLayerWindows(text, c.words.layers);
    c.words.tied = text.flag("tie_word_embeddings", false);
    c.words.base = prefixOf(
        source, std::array<std::string_view, 2>{ "model.", "model.language_model." }, "embed_tokens.weight");
    c.tower.window = parts.vision.size("window_size", 112) / c.tower.side / c.tower.patch;
    for (const std::int64_t layer : parts.vision.numbers("fullatt_block_indexes"))
        c.tower.wholeLayers.insert(layer);
    if (c.tower.window < 1)
        config.problem(fmt::format(
            "A window of {} pixels holds no square of patches.", parts.vision.size("window_size", 112)));
    return c;
}

PreNormLayer loadLayer(
    ParameterSource& source, const std::string& name, const QwenTowerConfig& c, SelfAttention attention)
{
    const auto norm = [&](const char* part) {
        return Norm::rootMeanSquare(source, name + part, c.width, c.epsilon);
    };
    return { norm("norm1"), norm("norm2"), std::move(attention),
        GatedFeedForward{ Linear::load(source, name + "mlp.gate_proj", c.width, c.inner),
            Linear::load(source, name + "mlp.up_proj", c.width, c.inner),
            Linear::load(source, name + "mlp.down_proj", c.inner, c.width), c.activation } };
}

class Qwen25Vl final : public SeeingDecoder {
public:
    Qwen25Vl(Config& config, ParameterSource& source)
        : Qwen25Vl(config, source, readConfig(config, source))
    {
    }

private:
    Qwen25Vl(Config& config, ParameterSource& source, const VlConfig& c)
        : SeeingDecoder(config, source, { c.words, c.pictureToken })
        , m_positions(c.positions)
    {
        const std::string visual = prefixOf(
            source, std::array<std::string_view, 2>{ "visual.", "model.visual." }, "patch_embed.proj.weight");
        m_tower = QwenTower::load(source, visual, c.tower, Linear::Bias::No,
            [&](ParameterSource& from, const std::string& name, SelfAttention attention) {
                return loadLayer(from, name, c.tower, std::move(attention));
            });
        const std::int64_t wide = c.tower.width * c.tower.side * c.tower.side;
        m_merger = { Norm::rootMeanSquare(source, visual + "merger.ln_q", c.tower.width, c.tower.epsilon),
            false, Linear::load(source, visual + "merger.mlp.0", wide, wide),
            Linear::load(source, visual + "merger.mlp.2", wide, c.words.width) };
        m_tower.describe(m_info);
    }

    Status checkPictures(const ModelInput& input) const override { return m_tower.check(input); }
    std::int64_t seenRows(const ModelInput& input) const override { return m_tower.tokens(input); }
    void arrange(const ModelInput& input, const WordRows& rows, Run& run, Beside& beside) const override
    {
        beside.angles = m_positions.angles(
            input, rows, { m_pictureToken, m_tower.config().side, m_rotary.front().usual }, run);
    }
    Seen see(const ModelInput& input, Run& run) const override
    {
        const QwenPatches patches = m_tower.patchesOf(input);
        const Var rows = gatherRows(m_merger(m_tower(input, patches, Var(), run), run), patches.merged);
        return { rows, {}, { { "image_hidden_states", { rows, ModelOutput::Rows::PerSequence } } } };
    }

    QwenPositions m_positions;
    QwenTower m_tower;
    QwenMerger m_merger;
};

constexpr std::array<std::string_view, 1> architectures{ "Qwen2_5_VLForConditionalGeneration" };

} // namespace

const ModelFamily qwen25VlFamily{ "qwen2_5_vl", "Qwen2.5-VL", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Qwen25Vl>(config, source);
    },
    "" };

} // namespace headlight
