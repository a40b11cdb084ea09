#include "core/models/expert_layers.h"

namespace headlight {
namespace {

using Place = RotaryDecoderSettings::Place;

void check(Config& config, const ExpertSettings& experts)
{
    const Router& r = experts.router;
    if (r.groups < 1 || r.groupsChosen < 1 || experts.count % std::max<std::int64_t>(r.groups, 1) != 0)
        return config.problem(fmt::format("{} experts in {} groups, {} of them chosen, do not fit.",
            experts.count, r.groups, r.groupsChosen));
    if (r.chosen > experts.count)
        config.problem(fmt::format("{} of {} experts cannot be chosen.", r.chosen, experts.count));
}

Experts loadExperts(const Place& place, const RotaryDecoderSettings& s, const ExpertSettings& settings)
{
    const std::string name = place.name + settings.part;
    Experts layer{ { AttentionKind::Decoder, place.index }, settings.router };
    layer.router.map =
        Linear::load(place.source, name + settings.gate, s.width, settings.count, settings.gateBias);
    if (settings.corrected)
        layer.router.correction = place.source.take(
            name + settings.gate + ".e_score_correction_bias", { settings.count }, Initialisation::zeros());
    if (settings.own)
        layer.experts = settings.own(place);
    for (std::int64_t e = 0; e < settings.count && !settings.own; ++e)
        layer.experts.emplace_back(loadGated(place.source, fmt::format("{}experts.{}.", name, e), s.width,
            settings.inner, s.activation, settings.names));
    if (settings.sharedInner > 0)
        layer.shared =
            loadGated(place.source, name + "shared_experts.", s.width, settings.sharedInner, s.activation,
                { .bias = settings.names.bias });
    return layer;
}

} // namespace

std::unique_ptr<Model> makeExpertDecoder(
    Config& config, ParameterSource& source, RotaryDecoderSettings s, const ExpertSettings& experts)
{
    check(config, experts);
    if (!config.status())
        return nullptr;
    s.forward = [s, experts](const Place& place) -> std::function<Var(const Var&, Run&)> {
        if (experts.in && !experts.in(place.index))
            return loadGated(place.source, place.name + "mlp.", s.width, s.inner, s.activation, { .bias = s.forwardBias });
        return loadExperts(place, s, experts);
    };
    return makeRotaryDecoder(config, source, s);
}

} // namespace headlight
