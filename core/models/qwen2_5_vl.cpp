// Qwen2.5-VL: pictures of any size; most layers of the tower look within windows only. Its decoder is Qwen2
// with positions in time, rows and columns. Source: Bai et al. 2025.

#include "core/models/families.h"
#include "core/models/qwen_reader.h"

namespace headlight {
namespace {

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

class Qwen25Vl final : public QwenReader {
public:
    Qwen25Vl(Config& config, ParameterSource& source)
        : Qwen25Vl(config, source, readParts(config, source))
    {
    }

private:
    static Parts readParts(Config& config, const ParameterSource& source);

    Qwen25Vl(Config& config, ParameterSource& source, const Parts& parts)
        : QwenReader(config, source, parts,
            { { "visual.", "model.visual." }, Linear::Bias::No,
                [&](ParameterSource& from, const std::string& name, SelfAttention attention) {
                    return loadLayer(from, name, parts.tower, std::move(attention));
                } })
    {
        const QwenTowerConfig& c = parts.tower;
        const std::int64_t wide = c.width * c.side * c.side;
        m_merger = { Norm::rootMeanSquare(source, m_visual + "merger.ln_q", c.width, c.epsilon), false,
            Linear::load(source, m_visual + "merger.mlp.0", wide, wide),
            Linear::load(source, m_visual + "merger.mlp.2", wide, parts.words.width) };
    }
};

QwenReader::Parts Qwen25Vl::readParts(Config& config, const ParameterSource& source)
{
    QwenParts configs = QwenParts::of(config);
    Config &text = configs.text(config), &vision = configs.vision;
    Parts p{ readRotaryDecoder(text, { .positions = 32768, .base = 1000000.0f },
                 { .vocabulary = 152064, .width = 8192, .layers = 80, .heads = 64, .keyHeads = 8, .inner = 29568,
                     .epsilon = 1e-5f }),
        QwenTowerConfig::read(vision,
            { .width = 3584, .layers = 32, .inner = 3420, .patch = 14, .activation = Activation::Silu }),
        QwenPositions::read(text, QwenPositions::Sharing::Chunks), config.number("image_token_id", 151655) };
    p.words.qkvBias = Linear::Bias::Yes;
    p.words.windows = upperLayerWindows(text, p.words.layers, 80);
    p.words.base = prefixOf(
        source, std::array<std::string_view, 2>{ "model.", "model.language_model." }, "embed_tokens.weight");
    p.tower.window = vision.size("window_size", 112) / p.tower.side / p.tower.patch;
    p.tower.wholeLayers = { 7, 15, 23, 31 };
    if (vision.mentions("fullatt_block_indexes")) {
        const std::vector<std::int64_t> whole = vision.numbers("fullatt_block_indexes");
        p.tower.wholeLayers = { whole.begin(), whole.end() };
    }
    if (p.tower.window < 1)
        config.problem(
            fmt::format("A window of {} pixels holds no square of patches.", vision.size("window_size", 112)));
    return p;
}

constexpr std::array<std::string_view, 2> architectures{ "Qwen2_5_VLForConditionalGeneration", "Qwen2_5_VLModel" };

} // namespace

const ModelFamily qwen25VlFamily{ "qwen2_5_vl", "Qwen2.5-VL", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Qwen25Vl>(config, source);
    },
    "model." };

} // namespace headlight
