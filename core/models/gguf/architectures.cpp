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

constexpr std::array<GgufName, 6> qwen3MoeNames{ {
    { "blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm" },
    { "blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm" },
    { "blk.#.ffn_gate_inp", "model.layers.#.mlp.gate" },
    { "blk.#.ffn_gate_exps", "model.layers.#.mlp.experts.*.gate_proj" },
    { "blk.#.ffn_up_exps", "model.layers.#.mlp.experts.*.up_proj" },
    { "blk.#.ffn_down_exps", "model.layers.#.mlp.experts.*.down_proj" },
} };

/// Llama's files hold Mixtral as well.
constexpr std::array<GgufName, 4> mixtralNames{ {
    { "blk.#.ffn_gate_inp", "model.layers.#.block_sparse_moe.gate" },
    { "blk.#.ffn_gate_exps", "model.layers.#.block_sparse_moe.experts.*.w1" },
    { "blk.#.ffn_up_exps", "model.layers.#.block_sparse_moe.experts.*.w3" },
    { "blk.#.ffn_down_exps", "model.layers.#.block_sparse_moe.experts.*.w2" },
} };

constexpr std::array<GgufName, 5> gemma3Names{ {
    { "blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm" },
    { "blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm" },
    { "blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm" },
    { "blk.#.ffn_norm", "model.layers.#.pre_feedforward_layernorm" },
    { "blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm" },
} };

constexpr std::array<GgufName, 4> olmo2Names{ {
    { "blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm" },
    { "blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm" },
    { "blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm" },
    { "blk.#.post_ffw_norm", "model.layers.#.post_feedforward_layernorm" },
} };

constexpr std::array<GgufName, 6> gptOssNames{ {
    { "blk.#.post_attention_norm", "model.layers.#.post_attention_layernorm" },
    { "blk.#.attn_sinks", "model.layers.#.self_attn.sinks=" },
    { "blk.#.ffn_gate_inp", "model.layers.#.mlp.router" },
    { "blk.#.ffn_gate_exps", "model.layers.#.mlp.experts.gate_proj" },
    { "blk.#.ffn_up_exps", "model.layers.#.mlp.experts.up_proj" },
    { "blk.#.ffn_down_exps", "model.layers.#.mlp.experts.down_proj" },
} };

constexpr std::array<GgufName, 14> deepseekNames{ {
    { "blk.#.attn_q_a", "model.layers.#.self_attn.q_a_proj" },
    { "blk.#.attn_q_a_norm", "model.layers.#.self_attn.q_a_layernorm" },
    { "blk.#.attn_q_b", "model.layers.#.self_attn.q_b_proj" },
    { "blk.#.attn_kv_a_mqa", "model.layers.#.self_attn.kv_a_proj_with_mqa" },
    { "blk.#.attn_kv_a_norm", "model.layers.#.self_attn.kv_a_layernorm" },
    { "blk.#.attn_kv_b", "model.layers.#.self_attn.kv_b_proj" },
    { "blk.#.ffn_gate_inp", "model.layers.#.mlp.gate" },
    { "blk.#.exp_probs_b", "model.layers.#.mlp.gate.e_score_correction_bias=" },
    { "blk.#.ffn_gate_exps", "model.layers.#.mlp.experts.*.gate_proj" },
    { "blk.#.ffn_up_exps", "model.layers.#.mlp.experts.*.up_proj" },
    { "blk.#.ffn_down_exps", "model.layers.#.mlp.experts.*.down_proj" },
    { "blk.#.ffn_gate_shexp", "model.layers.#.mlp.shared_experts.gate_proj" },
    { "blk.#.ffn_up_shexp", "model.layers.#.mlp.shared_experts.up_proj" },
    { "blk.#.ffn_down_shexp", "model.layers.#.mlp.shared_experts.down_proj" },
} };

constexpr std::array<GgufArchitecture, 18> architectures{ {
    { "llama", "llama", "LlamaForCausalLM", "silu", decoderNames, mixtralNames, true },
    { "mistral3", "ministral3", "Ministral3ForCausalLM", "silu", decoderNames, {}, true },
    { "qwen2", "qwen2", "Qwen2ForCausalLM", "silu", decoderNames, {} },
    { "qwen3", "qwen3", "Qwen3ForCausalLM", "silu", decoderNames, qwen3Names },
    { "qwen3moe", "qwen3_moe", "Qwen3MoeForCausalLM", "silu", decoderNames, qwen3MoeNames },
    { "gemma", "gemma", "GemmaForCausalLM", "gelu_pytorch_tanh", decoderNames, {}, false, true },
    { "gemma2", "gemma2", "Gemma2ForCausalLM", "gelu_pytorch_tanh", decoderNames, gemma2Names, false, true },
    { "gemma3", "gemma3_text", "Gemma3ForCausalLM", "gelu_pytorch_tanh", decoderNames, gemma3Names, false,
        true },
    { "gpt-oss", "gpt_oss", "GptOssForCausalLM", "silu", decoderNames, gptOssNames },
    { "phi3", "phi3", "Phi3ForCausalLM", "silu", decoderNames, phi3Names },
    { "smollm3", "smollm3", "SmolLM3ForCausalLM", "silu", decoderNames, {}, true },
    { "olmo2", "olmo2", "Olmo2ForCausalLM", "silu", decoderNames, olmo2Names },
    { "granite", "granite", "GraniteForCausalLM", "silu", decoderNames, {}, true },
    { "command-r", "cohere", "CohereForCausalLM", "silu", decoderNames, qwen3Names, true },
    { "cohere2", "cohere2", "Cohere2ForCausalLM", "silu", decoderNames, {}, true },
    { "deepseek2", "deepseek_v2", "DeepseekV2ForCausalLM", "silu", decoderNames, deepseekNames, true },
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
    if (found.ends_with('='))
        return found.substr(0, found.size() - 1);
    return found + name.substr(dot);
}

} // namespace headlight
