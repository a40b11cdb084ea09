// gpt-oss: windows in every other layer, a sink per head, and experts whose gates are clamped, stored in four
// bits. Source: OpenAI 2025 (gpt-oss model card).

#include "core/autodiff/routing.h"
#include "core/models/expert_layers.h"
#include "core/models/families.h"

namespace headlight {
namespace {

using Place = RotaryDecoderSettings::Place;

constexpr const char* usualScaling = R"({ "rope_type": "yarn", "factor": 32.0, "truncate": false,
    "original_max_position_embeddings": 4096 })";

/// [experts,in,out], or [experts,out,in] where the maps are stored in blocks of four bits.
StackedLinear loadStacked(
    const Place& place, const std::string& part, std::int64_t experts, std::int64_t in, std::int64_t out)
{
    const std::string name = place.name + "mlp.experts." + part;
    const bool inBlocks = place.source.storedAs(name) == DType::MXFP4;
    const Shape shape = inBlocks ? Shape{ experts, out, in } : Shape{ experts, in, out };
    return { place.source.take(name, shape, Initialisation::normal(0.02f)),
        place.source.take(name + "_bias", { experts, out }, Initialisation::zeros()), !inBlocks };
}

using ExpertList = std::vector<std::function<Var(const Var&, Run&)>>;

constexpr float sharpness = 1.702f;

/// As GGUF files hold them: gate and u apart, each [experts,out,in].
StackedLinear loadApartMap(
    const Place& place, const std::string& part, std::int64_t experts, std::int64_t in, std::int64_t out)
{
    const std::string name = place.name + "mlp.experts." + part;
    return { place.source.take(name + ".weight", { experts, out, in }, Initialisation::normal(0.02f)),
        place.source.take(name + ".bias", { experts, out }, Initialisation::zeros()) };
}

ExpertList loadApart(const Place& place, std::int64_t width, const ExpertSettings& settings, float limit)
{
    const std::int64_t inner = settings.inner;
    const StackedLinear gate = loadApartMap(place, "gate_proj", settings.count, width, inner),
                        in = loadApartMap(place, "up_proj", settings.count, width, inner),
                        out = loadApartMap(place, "down_proj", settings.count, inner, width);
    std::vector<ColumnRange> inTurn; // gate and u, number by number
    for (std::int64_t i = 0; i < inner; ++i) {
        inTurn.push_back({ i, i + 1 });
        inTurn.push_back({ inner + i, inner + i + 1 });
    }
    ExpertList experts;
    for (std::int64_t e = 0; e < settings.count; ++e)
        experts.emplace_back([=](const Var& x, Run& run) {
            const std::array<Var, 2> both{ gate(e, x, run), in(e, x, run) };
            return out(
                e, clampedGate(selectColumns(concatenateColumns(both), inTurn), limit, sharpness), run);
        });
    return experts;
}

ExpertList loadExperts(const Place& place, std::int64_t width, const ExpertSettings& settings, float limit)
{
    if (place.source.has(place.name + "mlp.experts.gate_proj.weight")
        && !place.source.has(place.name + "mlp.experts.gate_up_proj"))
        return loadApart(place, width, settings, limit);
    const StackedLinear in = loadStacked(place, "gate_up_proj", settings.count, width, 2 * settings.inner);
    const StackedLinear out = loadStacked(place, "down_proj", settings.count, settings.inner, width);
    ExpertList experts;
    for (std::int64_t e = 0; e < settings.count; ++e)
        experts.emplace_back([=](const Var& x, Run& run) {
            return out(e, clampedGate(in(e, x, run), limit, sharpness), run);
        });
    return experts;
}

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config,
        { .headSize = 64, .positions = 131072, .base = 150000.0f, .unmentioned = usualScaling },
        { .vocabulary = 201088,
            .width = 2880,
            .layers = 36,
            .heads = 64,
            .keyHeads = 8,
            .inner = 2880,
            .epsilon = 1e-5f });
    s.qkvBias = s.outputBias = config.flag("attention_bias", true) ? Linear::Bias::Yes : Linear::Bias::No;
    s.sinks = true;
    s.windows = layerWindows(config, s.layers, config.optionalNumber("sliding_window", 128),
        [](std::int64_t layer) { return layer % 2 == 0; });
    ExpertSettings experts;
    experts.count = config.size("num_local_experts", 128, 65536);
    experts.inner = s.inner;
    experts.router.scores = Router::Scores::SoftmaxOfChosen;
    experts.router.chosen = config.size("num_experts_per_tok", 4, 65536);
    experts.gate = "router";
    experts.gateBias = Linear::Bias::Yes;
    experts.own = [width = s.width, experts, limit = config.real("swiglu_limit", 7.0f)](
                      const Place& place) { return loadExperts(place, width, experts, limit); };
    return makeExpertDecoder(config, source, s, experts);
}

constexpr std::array<std::string_view, 4> architectures{ "GptOssForCausalLM", "GptOssModel",
    "GptOssForSequenceClassification", "GptOssForTokenClassification" };

} // namespace

const ModelFamily gptOssFamily{ "gpt_oss", "gpt-oss", architectures, make, "model." };

} // namespace headlight
