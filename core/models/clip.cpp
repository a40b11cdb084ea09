// CLIP: texts and pictures as vectors in one space; a text is where it ends, a picture its class token.
// Source: Radford et al. 2021.

#include "core/models/families.h"
#include "core/models/two_towers.h"

namespace headlight {
namespace {

constexpr TowerFamily clip { "CLIP", "clip", "quick_gelu", 1e-5f, { 512, 12, 8, 2048 }, { 768, 12, 12, 3072 }, 49408, 77, 32, true,
    true, true };

class Clip final : public TwoTowers {
public:
    Clip(Config& config, ParameterSource& source)
        : TwoTowers(config, source, clip)
    {
        if (!m_vision)
            return;
        const std::int64_t width = m_visionLayers.sizes.width;
        m_vision->first = Norm::layer(source, "vision_model.pre_layrnorm", width, m_visionLayers.epsilon);
        m_pooledNorm = Norm::layer(source, "vision_model.post_layernorm", width, m_visionLayers.epsilon);
    }

private:
    Vectors textVectors(const TextTower::States& states, std::span<const ModelInput> batch, Run&) const override
    {
        std::vector<std::int64_t> rows;
        for (std::size_t i = 0; i < batch.size(); ++i)
            rows.push_back(states.packing.begins[i] + endOf(batch[i].ids));
        return { states.hidden, gatherRows(states.hidden, rows) };
    }

    Vectors visionVectors(const PatchEncoder::States& states, Run& run) const override
    {
        const std::span first(states.packing.begins.data(), std::size_t(states.packing.sequences()));
        return { states.hidden, m_pooledNorm(gatherRows(states.hidden, first), run) };
    }

    /// The first end token. Configurations of the first models name 2 where the largest id is meant.
    std::int64_t endOf(std::span<const std::int64_t> ids) const
    {
        constexpr std::int64_t largestIsMeant = 2;
        const auto end = m_textEnd == largestIsMeant ? std::ranges::max_element(ids) : std::ranges::find(ids, m_textEnd);
        return end == ids.end() ? 0 : end - ids.begin();
    }

    Norm m_pooledNorm;
};

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    return std::make_unique<Clip>(config, source);
}

constexpr std::array<std::string_view, 2> both { "CLIPModel", "CLIPForImageClassification" };
constexpr std::array<std::string_view, 2> text { "CLIPTextModel", "CLIPTextModelWithProjection" };
constexpr std::array<std::string_view, 2> vision { "CLIPVisionModel", "CLIPVisionModelWithProjection" };

} // namespace

const ModelFamily clipFamily { "clip", "CLIP", both, make, "" };
const ModelFamily clipTextFamily { "clip_text_model", "CLIP, text tower", text, make, "" };
const ModelFamily clipVisionFamily { "clip_vision_model", "CLIP, vision tower", vision, make, "" };

} // namespace headlight
