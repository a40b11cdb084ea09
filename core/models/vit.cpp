// ViT: an image as a row of patches behind a [CLS] token, norms before attention and feed-forward. Images of another
// size get interpolated positions. Source: Dosovitskiy et al. 2021.

#include "core/models/families.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 1> specials { "cls_token" };

class Vit final : public PictureModel {
public:
    Vit(Config& config, ParameterSource& source)
    {
        const auto c = PatchEncoderConfig::read(config);
        describe(config, "ViTModel");
        m_encoder = PatchEncoder::load(source, c, "vit.", specials);
        m_encoder.describe(m_info, c);
        if (m_info.task == Task::ImageClassification)
            m_classifier = Linear::load(source, "classifier", c.width, std::int64_t(m_info.labels.size()));
        else if (source.has("vit.pooler.dense.weight"))
            m_pooler = Linear::load(source, "vit.pooler.dense", c.width, c.width);
    }

private:
    ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const override
    {
        using Rows = ModelOutput::Rows;
        const Var normed = m_encoder.normed(states, run), first = tokenOf(normed, states.packing);
        ModelOutputs out;
        if (m_classifier) {
            out["logits"] = { (*m_classifier)(first, run), Rows::PerSequence };
            return out;
        }
        out["last_hidden_state"] = { normed, Rows::PerToken };
        if (m_pooler)
            out["pooler_output"] = { activate(Activation::Tanh, (*m_pooler)(first, run)), Rows::PerSequence };
        return out;
    }

    std::optional<Linear> m_classifier, m_pooler;
};

constexpr std::array<std::string_view, 2> architectures { "ViTModel", "ViTForImageClassification" };

} // namespace

const ModelFamily vitFamily { "vit", "ViT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Vit>(config, source); },
    "vit." };

} // namespace headlight
