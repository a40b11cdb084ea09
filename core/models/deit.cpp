// DeiT: a ViT with a distillation token behind [CLS], which learned from a teacher. Source: Touvron et al. 2021.

#include "core/models/families.h"
#include "core/models/patch_encoder.h"

namespace headlight {
namespace {

constexpr std::array<std::string_view, 2> specials { "cls_token", "distillation_token" };

class Deit final : public PictureModel {
public:
    Deit(Config& config, ParameterSource& source)
    {
        const auto c = PatchEncoderConfig::read(config);
        describe(config, "DeiTModel");
        m_encoder = PatchEncoder::load(source, c, "deit.", specials);
        m_encoder.describe(m_info, c);
        const auto classes = std::int64_t(m_info.labels.size());
        if (m_info.architecture.ends_with("WithTeacher")) {
            m_classifier = Linear::load(source, "cls_classifier", c.width, classes);
            m_distilled = Linear::load(source, "distillation_classifier", c.width, classes);
        } else if (m_info.task == Task::ImageClassification)
            m_classifier = Linear::load(source, "classifier", c.width, classes);
        else if (source.has("deit.pooler.dense.weight"))
            m_pooler = Linear::load(source, "deit.pooler.dense", c.width, c.width);
    }

private:
    ModelOutputs outputs(const PatchEncoder::States& states, Run& run) const override
    {
        using Rows = ModelOutput::Rows;
        const Var normed = m_encoder.normed(states, run), first = tokenOf(normed, states.packing);
        ModelOutputs out;
        if (m_distilled) {
            const Var own = (*m_classifier)(first, run), taught = (*m_distilled)(tokenOf(normed, states.packing, 1), run);
            out["cls_logits"] = { own, Rows::PerSequence };
            out["distillation_logits"] = { taught, Rows::PerSequence };
            out["logits"] = { scale(add(own, taught), 0.5f), Rows::PerSequence };
        } else if (m_classifier)
            out["logits"] = { (*m_classifier)(first, run), Rows::PerSequence };
        else
            out["last_hidden_state"] = { normed, Rows::PerToken };
        if (m_pooler)
            out["pooler_output"] = { activate(Activation::Tanh, (*m_pooler)(first, run)), Rows::PerSequence };
        return out;
    }

    std::optional<Linear> m_classifier, m_distilled, m_pooler;
};

constexpr std::array<std::string_view, 3> architectures { "DeiTModel", "DeiTForImageClassification",
    "DeiTForImageClassificationWithTeacher" };

} // namespace

const ModelFamily deitFamily { "deit", "DeiT", architectures,
    [](Config& config, ParameterSource& source) -> std::unique_ptr<Model> { return std::make_unique<Deit>(config, source); },
    "deit." };

} // namespace headlight
