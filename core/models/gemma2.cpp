// Gemma 2: Gemma with a norm after each part too, soft caps on scores and logits, and a window in every other layer.
// Source: Gemma Team 2024 (Gemma 2).

#include "core/models/families.h"
#include "core/models/gemma.h"

namespace headlight {
namespace {

std::unique_ptr<Model> make(Config& config, ParameterSource& source)
{
    RotaryDecoderSettings s = readGemma(config);
    const float scalar = config.real("query_pre_attn_scalar", 256.0f);
    if (!(scalar > 0.0f))
        config.problem(fmt::format("query_pre_attn_scalar must be above 0, not {}.", scalar));
    s.scoreScale = 1.0f / std::sqrt(scalar);
    s.scoreCap = config.optionalReal("attn_logit_softcapping", 50.0f).value_or(0.0f);
    s.logitCap = config.optionalReal("final_logit_softcapping", 30.0f).value_or(0.0f);
    s.attentionOutputNorm = "post_attention_layernorm";
    s.forwardNorm = "pre_feedforward_layernorm";
    s.forwardOutputNorm = "post_feedforward_layernorm";
    s.windows = layerWindows(
        config, s.layers, config.optionalNumber("sliding_window", 4096), [](std::int64_t layer) { return layer % 2 == 0; });
    return makeRotaryDecoder(config, source, s);
}

constexpr std::array<std::string_view, 4> architectures { "Gemma2ForCausalLM", "Gemma2Model",
    "Gemma2ForSequenceClassification", "Gemma2ForTokenClassification" };

} // namespace

const ModelFamily gemma2Family { "gemma2", "Gemma 2", architectures, make, "model." };

} // namespace headlight
