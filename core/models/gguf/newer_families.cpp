#include "core/models/gguf/newer_families.h"

#include "core/models/gguf/architectures.h"

namespace headlight {
namespace {

/// llama.cpp's number of the function that scores experts each for itself.
constexpr std::int64_t sigmoidScores = 2;
/// Gemma 3 of 27 billion parameters is told by its layers: it scales by the width its heads would have if
/// they shared the model's.
constexpr std::int64_t largestGemma3Layers = 62;

class Keys {
public:
    explicit Keys(const GgufFamily& family)
        : m_family(family)
    {
    }

    template <typename T> std::optional<T> find(std::string_view name) const
    {
        const T* found = m_family.file.find<T>(fmt::format("{}.{}", m_family.id, name));
        return found == nullptr ? std::nullopt : std::optional(*found);
    }
    std::optional<std::int64_t> number(std::string_view name) const { return find<std::int64_t>(name); }
    std::optional<double> real(std::string_view name) const { return find<double>(name); }
    bool has(const std::string& tensor) const { return m_family.file.tensors().contains(tensor); }
    const std::string& id() const { return m_family.id; }

private:
    const GgufFamily& m_family;
};

template <typename T> void put(Json& config, const char* name, const std::optional<T>& value)
{
    if (value)
        config[name] = *value;
}

void rename(Json& config, const char* modelType, const char* architecture)
{
    config["model_type"] = modelType;
    config["architectures"] = { architecture };
}

/// Every so manieth layer sees all, or a list says which slide.
void writeWindows(const Keys& keys, Json& config, std::int64_t usualPattern)
{
    const std::int64_t layers = config.value("num_hidden_layers", std::int64_t(0));
    if (keys.number("attention.sliding_window").value_or(0) <= 0) {
        config["sliding_window"] = nullptr;
        return;
    }
    const std::int64_t pattern = keys.number("attention.sliding_window_pattern").value_or(usualPattern);
    const auto listed = keys.find<std::vector<std::int64_t>>("attention.sliding_window_pattern");
    Json types = Json::array();
    for (std::int64_t i = 0; i < std::min<std::int64_t>(layers, 4096); ++i) {
        const bool slides = listed ? std::size_t(i) < listed->size() && (*listed)[std::size_t(i)] != 0
                                   : pattern <= 0 || (i + 1) % pattern != 0;
        types.push_back(slides ? "sliding_attention" : "full_attention");
    }
    config["layer_types"] = std::move(types);
}

void writeExperts(const Keys& keys, Json& config, const char* countName)
{
    put(config, countName, keys.number("expert_count"));
    put(config, "num_experts_per_tok", keys.number("expert_used_count"));
    put(config, "moe_intermediate_size", keys.number("expert_feed_forward_length"));
}

void writeQwen3Moe(const Keys& keys, Json& config)
{
    writeExperts(keys, config, "num_experts");
    config["norm_topk_prob"] = true; // the files do not say; llama.cpp always does
    Json dense = Json::array();
    for (std::int64_t i = 0; i < config.value("num_hidden_layers", std::int64_t(0)) && i < 4096; ++i)
        if (!keys.has(fmt::format("blk.{}.ffn_gate_inp.weight", i)))
            dense.push_back(i);
    config["mlp_only_layers"] = std::move(dense);
}

void writeGemma3(const Keys& keys, Json& config)
{
    writeWindows(keys, config, 6);
    put(config, "final_logit_softcapping", keys.real("final_logit_softcapping"));
    config["rope_local_base_freq"] = keys.real("rope.freq_base_swa").value_or(10000.0);
    config["query_pre_attn_scalar"] = config.value("head_dim", std::int64_t(256));
    const auto width = config.value("hidden_size", std::int64_t(0)),
               heads = config.value("num_attention_heads", std::int64_t(0));
    if (config.value("num_hidden_layers", std::int64_t(0)) == largestGemma3Layers && heads > 0)
        config["query_pre_attn_scalar"] = width / heads;
}

void writeGptOss(const Keys& keys, Json& config)
{
    writeWindows(keys, config, 2);
    writeExperts(keys, config, "num_local_experts");
    put(config, "intermediate_size", keys.number("expert_feed_forward_length"));
    if (config.contains("rope_scaling"))
        config["rope_scaling"]["truncate"] = false;
    else
        config["rope_scaling"] = { { "rope_type", "default" } };
}

void writeCohere(const Keys& keys, Json& config)
{
    put(config, "logit_scale", keys.real("logit_scale"));
    if (keys.id() == "cohere2")
        writeWindows(keys, config, 4);
    config["use_qk_norm"] = keys.has("blk.0.attn_q_norm.weight");
}

void writeGranite(const Keys& keys, Json& config)
{
    put(config, "embedding_multiplier", keys.real("embedding_scale"));
    put(config, "residual_multiplier", keys.real("residual_scale"));
    put(config, "logits_scaling", keys.real("logit_scale"));
    const std::int64_t size = config.value("head_dim", std::int64_t(1));
    const double given = keys.real("attention.scale").value_or(0.0);
    config["attention_multiplier"] = given != 0.0 ? given : 1.0 / std::sqrt(double(size));
}

/// OLMo 2 files with windows are OLMo 3.
void writeOlmo(const Keys& keys, Json& config)
{
    if (keys.number("attention.sliding_window").value_or(0) <= 0)
        return;
    rename(config, "olmo3", "Olmo3ForCausalLM");
    writeWindows(keys, config, 4);
}

void writeMixtral(const Keys& keys, Json& config)
{
    if (keys.number("expert_count").value_or(0) == 0)
        return;
    rename(config, "mixtral", "MixtralForCausalLM");
    writeExperts(keys, config, "num_local_experts");
}

void writeYarnRamp(const Keys& keys, Json& scaling)
{
    put(scaling, "beta_fast", keys.real("rope.scaling.yarn_beta_fast"));
    put(scaling, "beta_slow", keys.real("rope.scaling.yarn_beta_slow"));
}

void writeMinistral3(const Keys& keys, Json& config)
{
    config["sliding_window"] = nullptr;
    if (!config.contains("rope_scaling"))
        config["rope_scaling"] = { { "rope_type", "default" } };
    Json& scaling = config["rope_scaling"];
    scaling["attention_factor"] = 1.0; // llama.cpp cancels it for all of them
    put(scaling, "llama_4_scaling_beta", keys.real("attention.temperature_scale"));
    put(scaling, "original_max_position_embeddings", keys.number("rope.scaling.original_context_length"));
}

/// The best groups of experts: the largest models' files of before there were keys for it lack them.
void writeGroups(const Keys& keys, Json& config, bool third)
{
    const auto groups = keys.number("expert_group_count"), chosen = keys.number("expert_group_used_count");
    const std::int64_t experts = keys.number("expert_count").value_or(0);
    const bool largest = experts == (third ? 256 : 160);
    config["n_group"] = groups.value_or(largest ? 8 : 1);
    config["topk_group"] = chosen.value_or(largest ? (third ? 4 : 3) : 1);
    config["topk_method"] = config["n_group"] > 1 ? "group_limited_greedy" : "greedy";
}

void writeDeepseek(const Keys& keys, Json& config)
{
    const bool third = keys.number("expert_gating_func").value_or(0) == sigmoidScores;
    if (third)
        rename(config, "deepseek_v3", "DeepseekV3ForCausalLM");
    const auto either = [&](const char* latent, const char* plain) {
        return keys.number(latent).has_value() ? keys.number(latent) : keys.number(plain);
    };
    const std::int64_t whole = either("attention.key_length_mla", "attention.key_length").value_or(0),
                       turned = keys.number("rope.dimension_count").value_or(0);
    config["qk_rope_head_dim"] = turned;
    config["qk_nope_head_dim"] = whole - turned;
    put(config, "v_head_dim", either("attention.value_length_mla", "attention.value_length"));
    config["head_dim"] = turned;
    config["partial_rotary_factor"] = 1.0;
    config["num_key_value_heads"] = config.value("num_attention_heads", std::int64_t(1));
    put(config, "kv_lora_rank", keys.number("attention.kv_lora_rank"));
    config["q_lora_rank"] = nullptr;
    put(config, "q_lora_rank", keys.number("attention.q_lora_rank"));
    writeExperts(keys, config, "n_routed_experts");
    put(config, "n_shared_experts", keys.number("expert_shared_count"));
    const double factor = keys.real("expert_weights_scale").value_or(1.0);
    config["routed_scaling_factor"] = factor == 0.0 ? 1.0 : factor;
    config["norm_topk_prob"] = keys.find<bool>("expert_weights_norm").value_or(false);
    put(config, "first_k_dense_replace", keys.number("leading_dense_block_count"));
    writeGroups(keys, config, third);
    const double magnitude = 10.0 * keys.real("rope.scaling.yarn_log_multiplier").value_or(0.0);
    if (config.contains("rope_scaling") && magnitude != 0.0) {
        config["rope_scaling"]["mscale"] = magnitude;
        config["rope_scaling"]["mscale_all_dim"] = magnitude;
    }
}

struct Writer {
    std::string_view id;
    void (*write)(const Keys&, Json&);
};

constexpr std::array<Writer, 10> writers{ {
    { "llama", writeMixtral },
    { "qwen3moe", writeQwen3Moe },
    { "gemma3", writeGemma3 },
    { "gpt-oss", writeGptOss },
    { "command-r", writeCohere },
    { "cohere2", writeCohere },
    { "granite", writeGranite },
    { "olmo2", writeOlmo },
    { "mistral3", writeMinistral3 },
    { "deepseek2", writeDeepseek },
} };

/// Shapes: keys [H,R,N] (transposed), values [H,V,R] → [H·(N+V),R].
Tensor joined(const Tensor& keys, const Tensor& values)
{
    const std::int64_t heads = keys.shape()[0], latent = keys.shape()[1], plain = keys.shape()[2],
                       value = values.shape()[1];
    const Tensor k = keys.toFloat(), v = values.toFloat();
    return Tensor::make({ heads * (plain + value), latent }, [&](std::span<float> out) {
        float* to = out.data();
        for (std::int64_t h = 0; h < heads; ++h) {
            const float* from = k.floats().data() + h * latent * plain;
            for (std::int64_t n = 0; n < plain; ++n)
                for (std::int64_t r = 0; r < latent; ++r)
                    *to++ = from[r * plain + n];
            const float* rows = v.floats().data() + h * value * latent;
            to = std::copy(rows, rows + value * latent, to);
        }
    });
}

} // namespace

void writeNewerFamily(const GgufFamily& family, Json& config)
{
    const Keys keys(family);
    if (config.contains("rope_scaling"))
        writeYarnRamp(keys, config["rope_scaling"]);
    for (const Writer& writer : writers)
        if (writer.id == family.id)
            writer.write(keys, config);
}

Status checkFamily(const GgufFamily& family, const std::string& where)
{
    const Keys keys(family);
    const bool many = keys.number("expert_count").value_or(0) > 0;
    if (many && keys.has("blk.0.ffn_gate.0.weight"))
        return Error{ ErrorKind::Unsupported,
            where
                + " belong to a file with a tensor for each expert, as they were written before 2024; "
                  "convert the "
                  "model again with a newer llama.cpp." };
    constexpr std::array<std::string_view, 4> withExperts{ "llama", "qwen3moe", "gpt-oss", "deepseek2" };
    const bool known = std::find(withExperts.begin(), withExperts.end(), family.id) != withExperts.end();
    if (many && findGgufArchitecture(family.id) != nullptr && !known)
        return Error{ ErrorKind::Unsupported,
            fmt::format(
                "{} say that this {} has routed experts, a form of it that is not read.", where, family.id) };
    return {};
}

void joinLatentMaps(const GgufFamily& family, std::map<std::string, Tensor>& tensors)
{
    const std::string ending = ".attn_k_b.weight";
    for (const auto& [name, keys] : family.file.tensors()) {
        if (!name.starts_with("blk.") || !name.ends_with(ending))
            continue;
        const std::string layer = name.substr(4, name.size() - 4 - ending.size()),
                          other = fmt::format("blk.{}.attn_v_b.weight", layer);
        const auto values = family.file.tensors().find(other);
        if (values == family.file.tensors().end() || keys.shape().rank() != 3
            || values->second.shape().rank() != 3 || keys.shape()[0] != values->second.shape()[0]
            || keys.shape()[1] != values->second.shape()[2])
            continue;
        tensors.erase(name);
        tensors.erase(other);
        tensors.insert_or_assign(
            fmt::format("model.layers.{}.self_attn.kv_b_proj.weight", layer), joined(keys, values->second));
    }
}

} // namespace headlight
