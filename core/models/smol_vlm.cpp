// SmolVLM and Idefics3: a SigLIP whose patches are folded together in squares and read by a Llama among its
// words. Source: Laurençon et al. 2024 (Idefics3); Marafioti et al. 2025 (SmolVLM).

#include "core/models/families.h"
#include "core/models/seeing_decoder.h"

namespace headlight {
namespace {

struct SmolConfig {
    RotaryDecoderSettings words;
    PictureTower::Sizes picture;
    std::int64_t pictureToken, fold; ///< `fold` patches along the side of a square
};

SmolConfig readConfig(Config& config)
{
    Config text = config.part("text_config"), vision = config.part("vision_config");
    SmolConfig c{ readRotaryDecoder(text), PictureTower::readSizes(vision, { .width = 1152, .heads = 16, .image = 224, .patch = 32 }),
        config.number("image_token_id", 128257), config.size("scale_factor", 2, 64) };
    readAttentionBias(text, c.words);
    c.words.forwardBias = text.flag("mlp_bias", false) ? Linear::Bias::Yes : Linear::Bias::No;
    c.words.base = "model.text_model.";
    const std::string kind = text.text("model_type", "llama");
    if (kind != "llama")
        config.problem(
            fmt::format("The words are read by a \"{}\"; for this family only llama is supported.", kind));
    if (c.picture.grid().rows % c.fold != 0 || c.picture.grid().columns % c.fold != 0)
        config.problem(fmt::format("{} × {} patches cannot be folded together by {}.", c.picture.grid().rows,
            c.picture.grid().columns, c.fold));
    return c;
}

/// A picture that fills a part of its frame only is laid over all of the table.
std::vector<std::int64_t> spreadPlaces(GridSize grid, std::span<const std::uint8_t> mask)
{
    std::vector<std::int64_t> places;
    GridSize real = grid;
    const auto isReal = [&](std::int64_t i) { return mask.empty() || mask[std::size_t(i)] != 0; };
    while (real.rows > 1 && !isReal((real.rows - 1) * grid.columns))
        --real.rows;
    while (real.columns > 1 && !isReal(real.columns - 1))
        --real.columns;
    for (std::int64_t i = 0; i < grid.count(); ++i) {
        const std::int64_t row = i / grid.columns * grid.rows / real.rows,
                           column = i % grid.columns * grid.columns / real.columns;
        places.push_back(isReal(i) ? row * grid.columns + column : 0);
    }
    return places;
}

class SmolVlm final : public SeeingDecoder {
public:
    SmolVlm(Config& config, ParameterSource& source)
        : SmolVlm(config, source, readConfig(config))
    {
    }

private:
    SmolVlm(Config& config, ParameterSource& source, const SmolConfig& c)
        : SeeingDecoder(config, source, { c.words, c.pictureToken })
        , m_fold(c.fold)
    {
        m_tower = PictureTower::load(source, "model.vision_model.", c.picture);
        m_tower.describe(m_info);
        m_info.patchesPerToken = c.fold;
        m_projection = Linear::load(source, "model.connector.modality_projection.proj",
            c.picture.layers.sizes.width * c.fold * c.fold, c.words.width, Linear::Bias::No);
    }

    Status checkPictures(const ModelInput& input) const override { return m_tower.check(input); }
    std::int64_t seenRows(const ModelInput& input) const override
    {
        return std::int64_t(input.pictures.size()) * m_tower.sizes().grid().count() / (m_fold * m_fold);
    }
    Seen see(const ModelInput& input, Run& run) const override
    {
        const GridSize grid = m_tower.sizes().grid();
        const auto count = std::int64_t(input.pictures.size());
        const Var states = m_tower(
            input, [&](std::span<const std::uint8_t> mask) { return spreadPlaces(grid, mask); }, run);
        const Var squares = gatherRows(states, squareOrder(grid, m_fold, count));
        const std::int64_t rows = seenRows(input);
        const Var seen =
            m_projection(reshape(squares, { rows, states.shape().columns() * m_fold * m_fold }), run);
        return { seen, {},
            { { "image_hidden_states",
                { reshape(seen, { count, rows / count, seen.shape().columns() }),
                    ModelOutput::Rows::PerSequence } } } };
    }

    std::int64_t m_fold;
    PictureTower m_tower;
    Linear m_projection;
};

constexpr std::array<std::string_view, 2> smol{ "SmolVLMForConditionalGeneration", "SmolVLMModel" };
constexpr std::array<std::string_view, 2> idefics{ "Idefics3ForConditionalGeneration", "Idefics3Model" };

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    return std::make_unique<SmolVlm>(config, source);
}

} // namespace

const ModelFamily smolVlmFamily{ "smolvlm", "SmolVLM", smol, make, "model." };
const ModelFamily idefics3Family{ "idefics3", "Idefics3", idefics, make, "model." };

} // namespace headlight
