// Gemma: Llama with words scaled by √E, norms that multiply by 1 + w, and heads of a size of their own.
// Source: Gemma Team 2024.

#include "core/models/gemma.h"

#include "core/models/families.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    return makeRotaryDecoder(config, source, readGemma(config));
}

constexpr std::array<std::string_view, 4> architectures { "GemmaForCausalLM", "GemmaModel",
    "GemmaForSequenceClassification", "GemmaForTokenClassification" };

} // namespace

RotaryDecoderSettings readGemma(Config& config, RopeDefaults rope, const RotaryDecoderDefaults& sizes)
{
    RotaryDecoderSettings s = readRotaryDecoder(config, rope, sizes);
    s.activation = config.activation("hidden_activation", "gelu_pytorch_tanh"); // hidden_act is a slip of older files
    s.tied = true;
    s.normOffset = 1.0f;
    s.wordScale = std::sqrt(float(s.width));
    readAttentionBias(config, s);
    return s;
}

void readNormedGemma(Config& config, RotaryDecoderSettings& s, const GemmaCaps& caps)
{
    const float scalar = config.real("query_pre_attn_scalar", 256.0f);
    if (!(scalar > 0.0f))
        config.problem(fmt::format("query_pre_attn_scalar must be above 0, not {}.", scalar));
    s.scoreScale = 1.0f / std::sqrt(scalar);
    s.scoreCap = config.optionalReal("attn_logit_softcapping", caps.scoreCap).value_or(0.0f);
    s.logitCap = config.optionalReal("final_logit_softcapping", caps.logitCap).value_or(0.0f);
    s.attentionOutputNorm = "post_attention_layernorm";
    s.forwardNorm = "pre_feedforward_layernorm";
    s.forwardOutputNorm = "post_feedforward_layernorm";
}

const ModelFamily gemmaFamily { "gemma", "Gemma", architectures, make, "model." };

} // namespace headlight
