// Granite: Llama with factors of its own for words, scores, branches and logits. Source: Granite Team 2024
// (Granite 3.0).

#include "core/models/families.h"
#include "core/models/rotary_decoder.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readRotaryDecoder(config);
    readAttentionBias(config, s);
    if (config.flag("mlp_bias", false))
        s.forwardBias = Linear::Bias::Yes;
    s.wordScale = config.real("embedding_multiplier", 1.0f);
    s.branchScale = config.real("residual_multiplier", 1.0f);
    s.scoreScale = config.real("attention_multiplier", 1.0f);
    const float divisor = config.real("logits_scaling", 1.0f);
    if (!(s.scoreScale > 0.0f) || !(divisor > 0.0f))
        config.problem("attention_multiplier and logits_scaling must be above 0.");
    s.logitScale = 1.0f / divisor;
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 2> architectures{ "GraniteForCausalLM", "GraniteModel" };

} // namespace

const ModelFamily graniteFamily{ "granite", "Granite", architectures, make, "model." };

} // namespace headlight
