// SigLIP: CLIP without a class token or causal texts; a learned probe asks the patches for the picture's vector, and a
// text is its last token. SigLIP 2 takes pictures of any shape. Source: Zhai et al. 2023; Tschannen et al. 2025.

#include "core/models/families.h"
#include "core/models/two_towers.h"

namespace headlight {
namespace {

constexpr TowerFamily siglip { "Siglip", "siglip", "gelu_pytorch_tanh", 1e-6f, { 768, 12, 12, 3072 }, { 768, 12, 12, 3072 }, 32000,
    64, 16, false, false, false };
constexpr TowerFamily siglip2 { "Siglip2", "siglip2", "gelu_pytorch_tanh", 1e-6f, { 768, 12, 12, 3072 }, { 768, 12, 12, 3072 },
    256000, 64, 16, false, false, false, true };

/// One learned query over all patches, then a feed-forward. Its map is not among those the reference lists, so it is
/// not recorded.
struct PoolingHead {
    ParameterRef probe, projection, projectionBias; ///< [1,1,E]; q, k and v in one: [3E,E], [3E]
    Linear output;
    Norm norm;
    FeedForward feedForward;
    int heads = 1;

    static PoolingHead load(ParameterSource& source, const TowerLayerConfig& c)
    {
        const std::string name = "vision_model.head.";
        const std::int64_t width = c.sizes.width;
        const auto start = Initialisation::normal(0.02f);
        return { source.take(name + "probe", { 1, 1, width }, start),
            source.take(name + "attention.in_proj_weight", { 3 * width, width }, start),
            source.take(name + "attention.in_proj_bias", { 3 * width }, Initialisation::zeros()),
            Linear::load(source, name + "attention.out_proj", width, width),
            Norm::layer(source, name + "layernorm", width, c.epsilon),
            { Linear::load(source, name + "mlp.fc1", width, c.sizes.inner),
                Linear::load(source, name + "mlp.fc2", c.sizes.inner, width), c.activation },
            int(c.sizes.heads) };
    }

    /// Shapes: states [Σ patches,E] → [n,E].
    Var operator()(const Var& states, const Packing& packing, Run& run) const
    {
        const std::int64_t width = states.shape().columns(), count = packing.sequences();
        const std::vector<std::int64_t> first(std::size_t(count), 0);
        const Var probes = gatherRows(reshape(run.useFloat(probe), { 1, width }), first);
        AttentionInputs in;
        in.heads = heads;
        in.scale = 1.0f / std::sqrt(float(width) / float(heads));
        in.q = part(probes, 0, run), in.k = part(states, 1, run), in.v = part(states, 2, run);
        in.keyBegins = packing.begins;
        in.keyMasks = packing.keyMasks;
        for (std::int64_t i = 0; i <= count; ++i)
            in.queryBegins.push_back(i);
        const Var pooled = output(softmaxDot().attend(in, { false, run.tape }).context, run);
        return add(pooled, feedForward(norm(pooled, run), run));
    }

private:
    /// Query, key or value: third `index` of the joint projection.
    Var part(const Var& x, std::int64_t index, Run& run) const
    {
        const std::int64_t width = x.shape().columns();
        const Var joint = linear(x, run.use(projection), run.use(projectionBias));
        const ColumnRange range { index * width, (index + 1) * width };
        return selectColumns(joint, { &range, 1 });
    }
};

class Siglip final : public TwoTowers {
public:
    Siglip(Config& config, ParameterSource& source, const TowerFamily& family)
        : TwoTowers(config, source, family)
    {
        if (m_text)
            m_textHead = Linear::load(source, "text_model.head", m_text->config.width, projectionSize(config));
        m_info.textLength = m_text ? m_text->limits.positions : 0;
        if (m_logitScale)
            m_logitBias = source.take("logit_bias", { 1 }, Initialisation::zeros());
        if (!m_vision)
            return;
        m_vision->last = Norm::layer(source, "vision_model.post_layernorm", m_visionLayers.sizes.width, m_visionLayers.epsilon);
        if (source.has("vision_model.head.probe"))
            m_head = PoolingHead::load(source, m_visionLayers);
    }

private:
    /// Of the text's vector; as wide as the text without a number in the file.
    std::int64_t projectionSize(Config& config) const
    {
        Config beside = config.part("text_config");
        return (m_vision ? beside : config).size("projection_size", m_text->config.width);
    }
    Vectors textVectors(const TextTower::States& states, std::span<const ModelInput>, Run& run) const override
    {
        return { states.hidden, (*m_textHead)(gatherRows(states.hidden, states.packing.lastRows()), run) };
    }
    Vectors visionVectors(const PatchEncoder::States& states, Run& run) const override
    {
        const Var normed = m_vision->normed(states, run);
        return { normed, m_head ? (*m_head)(normed, states.packing, run) : Var() };
    }

    std::optional<Linear> m_textHead;
    std::optional<PoolingHead> m_head;
};

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    return std::make_unique<Siglip>(config, source, siglip);
}

std::unique_ptr<Model> make2(Config& config, ParameterSource& source)
{
    return std::make_unique<Siglip>(config, source, siglip2);
}

constexpr std::array<std::string_view, 2> both { "SiglipModel", "SiglipForImageClassification" };
constexpr std::array<std::string_view, 1> text { "SiglipTextModel" };
constexpr std::array<std::string_view, 1> vision { "SiglipVisionModel" };
constexpr std::array<std::string_view, 2> both2 { "Siglip2Model", "Siglip2ForImageClassification" };
constexpr std::array<std::string_view, 1> text2 { "Siglip2TextModel" };
constexpr std::array<std::string_view, 1> vision2 { "Siglip2VisionModel" };

} // namespace

const ModelFamily siglipFamily { "siglip", "SigLIP", both, make, "" };
const ModelFamily siglipTextFamily { "siglip_text_model", "SigLIP, text tower", text, make, "" };
const ModelFamily siglipVisionFamily { "siglip_vision_model", "SigLIP, vision tower", vision, make, "" };
const ModelFamily siglip2Family { "siglip2", "SigLIP 2", both2, make2, "" };
const ModelFamily siglip2TextFamily { "siglip2_text_model", "SigLIP 2, text tower", text2, make2, "" };
const ModelFamily siglip2VisionFamily { "siglip2_vision_model", "SigLIP 2, vision tower", vision2, make2, "" };

} // namespace headlight
