// Cohere (Command R): attention and feed-forward side by side behind one norm. Source: Cohere 2024 (Command
// R).

#include "core/models/cohere.h"

#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readCohere(
        config, { .vocabulary = 256000, .width = 8192, .layers = 40, .heads = 64, .inner = 22528 });
    if (config.flag("use_qk_norm", false))
        s.headNorm = [size = s.headSize, epsilon = s.epsilon](const RotaryDecoderSettings::Place& place,
                         std::string_view part, std::int64_t heads) {
            return HeadNorm{ .norms = { Norm::plain(epsilon) },
                .weights = place.source.take(fmt::format("{}self_attn.{}_norm.weight", place.name, part),
                    { heads, size }, Initialisation::ones()) };
        };
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 2> architectures{ "CohereForCausalLM", "CohereModel" };

} // namespace

RotaryDecoderSettings readCohere(Config& config, const RotaryDecoderDefaults& sizes)
{
    RotaryDecoderSettings s =
        readRotaryDecoder(config, { .positions = 8192, .pairs = RotaryPairs::Neighbours }, sizes);
    readAttentionBias(config, s);
    s.norm = Norm::Kind::Layer;
    s.normBias = Linear::Bias::No;
    s.epsilon = config.real("layer_norm_eps", 1e-5f);
    s.sums = DecoderLayer::Sums::AtOnce;
    s.forwardNorm.clear();
    s.logitScale = config.real("logit_scale", 0.0625f);
    s.tied = true;
    return s;
}

const ModelFamily cohereFamily{ "cohere", "Cohere", architectures, make, "model." };

} // namespace headlight
