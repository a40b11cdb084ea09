// Gemma 3 with pictures: a SigLIP whose patches are averaged in squares; the tokens of one picture see each
// other both ways among the words. Source: Gemma Team 2025 (Gemma 3).

#include "core/models/families.h"
#include "core/models/gemma.h"
#include "core/models/seeing_decoder.h"

namespace headlight {
namespace {

struct SeeingConfig {
    RotaryDecoderSettings words;
    PictureTower::Sizes picture;
    std::int64_t pictureToken, tokensPerPicture;
    std::string head;
};

SeeingConfig readConfig(Config& config, const ParameterSource& source)
{
    Config text = config.part("text_config"), vision = config.part("vision_config");
    SeeingConfig c{ readGemma3(text), PictureTower::readSizes(vision, { .width = 768, .heads = 12, .image = 224, .patch = 16 }),
        config.number(config.has("image_token_id") ? "image_token_id" : "image_token_index", 262144),
        config.size("mm_tokens_per_image", 256), {} };
    c.words.base =
        prefixOf(source, std::array<std::string_view, 2>{ "language_model.model.", "model.language_model." },
            "embed_tokens.weight");
    c.words.headName =
        prefixOf(source, std::array<std::string_view, 2>{ "language_model.", "" }, "lm_head.weight")
        + "lm_head";
    const std::int64_t side = std::int64_t(std::lround(std::sqrt(double(c.tokensPerPicture))));
    if (side * side != c.tokensPerPicture || c.picture.grid().rows % side != 0
        || c.picture.grid().rows != c.picture.grid().columns)
        config.problem(fmt::format("{} × {} patches do not make {} tokens.", c.picture.grid().rows,
            c.picture.grid().columns, c.tokensPerPicture));
    return c;
}

/// The own span of a layer, and for the tokens of a picture all of that picture.
class PictureSpan final : public Span {
public:
    PictureSpan(std::shared_ptr<const Span> own, std::vector<KeyRange> pictures)
        : m_own(std::move(own))
        , m_pictures(std::move(pictures))
    {
    }
    KeyRange range(std::int64_t query, std::int64_t queries, std::int64_t keys) const override
    {
        KeyRange seen = m_own->range(query, queries, keys);
        const std::int64_t place = keys - queries + query;
        const auto next = std::ranges::upper_bound(m_pictures, place, {}, &KeyRange::first);
        if (next != m_pictures.begin() && place < std::prev(next)->last)
            seen = { std::min(seen.first, std::prev(next)->first),
                std::max(seen.last, std::prev(next)->last) };
        return seen;
    }
    std::string_view name() const override { return "causal, pictures whole"; }

private:
    std::shared_ptr<const Span> m_own;
    std::vector<KeyRange> m_pictures; ///< ascending
};

class Gemma3Pictures final : public SeeingDecoder {
public:
    Gemma3Pictures(Config& config, ParameterSource& source)
        : Gemma3Pictures(config, source, readConfig(config, source))
    {
    }

private:
    Gemma3Pictures(Config& config, ParameterSource& source, const SeeingConfig& c)
        : SeeingDecoder(config, source, { c.words, c.pictureToken })
        , m_tokensPerPicture(c.tokensPerPicture)
        , m_side(c.picture.grid().rows
              / std::max<std::int64_t>(1, std::lround(std::sqrt(double(c.tokensPerPicture)))))
    {
        const std::string tower = prefixOf(source,
            std::array<std::string_view, 2>{
                "vision_tower.vision_model.", "model.vision_tower.vision_model." },
            "post_layernorm.weight");
        const std::string projector = prefixOf(source,
            std::array<std::string_view, 2>{ "multi_modal_projector.", "model.multi_modal_projector." },
            "mm_input_projection_weight");
        m_tower = PictureTower::load(source, tower, c.picture);
        m_tower.describe(m_info);
        takePoolingHead(source, tower + "head.", c.picture.layers);
        m_info.patchesPerToken = m_side;
        const std::int64_t width = c.picture.layers.sizes.width;
        m_norm = Norm::rootMeanSquare(
            source, projector + "mm_soft_emb_norm", width, c.picture.layers.epsilon, 1.0f);
        m_projection = source.take(projector + "mm_input_projection_weight", { width, c.words.width },
            Initialisation::normal(0.02f));
        m_info.attention += "; the tokens of a picture see each other both ways";
    }

    /// Files may hold the tower's own head, which is not run.
    static void takePoolingHead(ParameterSource& source, const std::string& name, const TowerLayerConfig& c)
    {
        if (!source.has(name + "probe"))
            return;
        const std::int64_t width = c.sizes.width, inner = c.sizes.inner;
        const auto take = [&](const char* part, const Shape& shape) {
            source.take(name + part, shape, Initialisation::zeros());
        };
        take("probe", { 1, 1, width });
        take("attention.in_proj_weight", { 3 * width, width });
        take("attention.in_proj_bias", { 3 * width });
        Linear::load(source, name + "attention.out_proj", width, width);
        Norm::layer(source, name + "layernorm", width, c.epsilon);
        Linear::load(source, name + "mlp.fc1", width, inner);
        Linear::load(source, name + "mlp.fc2", inner, width);
    }

    Status checkPictures(const ModelInput& input) const override { return m_tower.check(input); }
    std::int64_t seenRows(const ModelInput& input) const override
    {
        return std::int64_t(input.pictures.size()) * m_tokensPerPicture;
    }
    void arrange(const ModelInput& input, const WordRows&, Run&, Beside& beside) const override
    {
        std::vector<KeyRange> pictures;
        const auto count = std::int64_t(input.ids.size());
        for (std::int64_t i = 0; i < count;) {
            const std::int64_t first = i;
            while (i < count && input.ids[std::size_t(i)] == m_pictureToken)
                ++i;
            // Pictures without a word between them are one.
            if (i > first)
                pictures.push_back({ first, i });
            else
                ++i;
        }
        if (!pictures.empty())
            beside.span = [pictures = std::move(pictures)](
                              const std::shared_ptr<const Span>& own) -> std::shared_ptr<const Span> {
                return std::make_shared<const PictureSpan>(own, pictures);
            };
    }
    Seen see(const ModelInput& input, Run& run) const override
    {
        const GridSize grid = m_tower.sizes().grid();
        std::vector<std::int64_t> places(static_cast<std::size_t>(grid.count()));
        std::iota(places.begin(), places.end(), 0);
        const Var states = m_tower(
            input, [&](std::span<const std::uint8_t>) { return places; }, run);
        const auto count = std::int64_t(input.pictures.size());
        std::vector<std::int64_t> begins;
        for (std::int64_t i = 0; i <= seenRows(input); ++i)
            begins.push_back(i * m_side * m_side);
        const Var means = meanRows(gatherRows(states, squareOrder(grid, m_side, count)), begins);
        const Var rows = linearTransposed(m_norm(means, run), run.use(m_projection), Var());
        return { rows, {},
            { { "image_hidden_states",
                { reshape(rows, { count, m_tokensPerPicture, rows.shape().columns() }),
                    ModelOutput::Rows::PerSequence } } } };
    }

    std::int64_t m_tokensPerPicture, m_side; ///< of a square of patches that becomes one token
    PictureTower m_tower;
    Norm m_norm;
    ParameterRef m_projection;
};

constexpr std::array<std::string_view, 3> architectures{ "Gemma3ForConditionalGeneration", "Gemma3Model",
    "Gemma3ForSequenceClassification" };

} // namespace

const ModelFamily gemma3PicturesFamily{ "gemma3", "Gemma 3 with pictures", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> {
        return std::make_unique<Gemma3Pictures>(config, source);
    },
    "model." };

} // namespace headlight
