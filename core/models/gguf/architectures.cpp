#include "core/models/gguf/architectures.h"

namespace headlight {
namespace {

constexpr std::array<GgufName, 13> decoderNames{ {
    { "token_embd", "model.embed_tokens" },
    { "output_norm", "model.norm" },
    { "output", "lm_head" },
    { "blk.#.attn_norm", "model.layers.#.input_layernorm" },
    { "blk.#.attn_q", "model.layers.#.self_attn.q_proj" },
    { "blk.#.attn_k", "model.layers.#.self_attn.k_proj" },
    { "blk.#.attn_v", "model.layers.#.self_attn.v_proj" },
    { "blk.#.attn_qkv", "model.layers.#.self_attn.qkv_proj" },
    { "blk.#.attn_output", "model.layers.#.self_attn.o_proj" },
    { "blk.#.ffn_norm", "model.layers.#.post_attention_layernorm" },
    { "blk.#.ffn_gate", "model.layers.#.mlp.gate_proj" },
    { "blk.#.ffn_up", "model.layers.#.mlp.up_proj" },
    { "blk.#.ffn_down", "model.layers.#.mlp.down_proj" },
} };

constexpr std::array<GgufName, 3> gemma2Names{ {
    { "blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm" },
    { "blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm" },
    { "blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm" },
} };

constexpr std::array<GgufName, 1> phi3Names{ {
    { "blk.#.ffn_up", "model.layers.#.mlp.gate_up_proj" },
} };

constexpr std::array<GgufName, 2> stableLmNames{ {
    { "blk.#.attn_q_norm", "model.layers.#.self_attn.q_layernorm.norms.*" },
    { "blk.#.attn_k_norm", "model.layers.#.self_attn.k_layernorm.norms.*" },
} };

constexpr std::array<GgufName, 2> qwen3Names{ {
    { "blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm" },
    { "blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm" },
} };

constexpr std::array<GgufName, 12> bertNames{ {
    { "token_embd", "embeddings.word_embeddings" },
    { "token_types", "embeddings.token_type_embeddings" },
    { "position_embd", "embeddings.position_embeddings" },
    { "token_embd_norm", "embeddings.LayerNorm" },
    { "blk.#.attn_q", "encoder.layer.#.attention.self.query" },
    { "blk.#.attn_k", "encoder.layer.#.attention.self.key" },
    { "blk.#.attn_v", "encoder.layer.#.attention.self.value" },
    { "blk.#.attn_output", "encoder.layer.#.attention.output.dense" },
    { "blk.#.attn_output_norm", "encoder.layer.#.attention.output.LayerNorm" },
    { "blk.#.ffn_up", "encoder.layer.#.intermediate.dense" },
    { "blk.#.ffn_down", "encoder.layer.#.output.dense" },
    { "blk.#.layer_output_norm", "encoder.layer.#.output.LayerNorm" },
} };

constexpr std::array<GgufArchitecture, 8> architectures{ {
    { "llama", "llama", "LlamaForCausalLM", "silu", decoderNames, {}, true },
    { "qwen2", "qwen2", "Qwen2ForCausalLM", "silu", decoderNames, {} },
    { "qwen3", "qwen3", "Qwen3ForCausalLM", "silu", decoderNames, qwen3Names },
    { "gemma", "gemma", "GemmaForCausalLM", "gelu_pytorch_tanh", decoderNames, {}, false, true },
    { "gemma2", "gemma2", "Gemma2ForCausalLM", "gelu_pytorch_tanh", decoderNames, gemma2Names, false, true },
    { "phi3", "phi3", "Phi3ForCausalLM", "silu", decoderNames, phi3Names },
    { "stablelm", "stablelm", "StableLmForCausalLM", "silu", decoderNames, stableLmNames },
    { "bert", "bert", "BertModel", "gelu", bertNames, {} },
} };

/// "blk.12.attn_q" → "blk.#.attn_q" and "12".
std::pair<std::string, std::string> withoutLayer(const std::string& stem)
{
    constexpr std::string_view prefix = "blk.";
    const std::size_t end = stem.find('.', prefix.size());
    if (!stem.starts_with(prefix) || end == std::string::npos)
        return { stem, "" };
    return { fmt::format("{}#{}", prefix, stem.substr(end)),
        stem.substr(prefix.size(), end - prefix.size()) };
}

std::string_view lookUp(const GgufArchitecture& architecture, std::string_view pattern)
{
    for (const std::span<const GgufName> list : { architecture.ownNames, architecture.names })
        for (const GgufName& name : list)
            if (name.gguf == pattern)
                return name.huggingFace;
    return {};
}

} // namespace

const GgufArchitecture* findGgufArchitecture(std::string_view id)
{
    const auto found =
        std::find_if(architectures.begin(), architectures.end(), [&](const auto& a) { return a.id == id; });
    return found == architectures.end() ? nullptr : &*found;
}

std::string huggingFaceName(const GgufArchitecture& architecture, const std::string& name)
{
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos)
        return name;
    const auto [pattern, layer] = withoutLayer(name.substr(0, dot));
    std::string found(lookUp(architecture, pattern));
    if (found.empty())
        return name;
    if (const std::size_t at = found.find('#'); at != std::string::npos)
        found.replace(at, 1, layer);
    return found + name.substr(dot);
}

} // namespace headlight
